//! Whether a step is shared by the threads: what its steps have taken decides.
//!
//! A step that is shared moves weights from one core to the other. What that takes depends on the network, the machine and where the system
//! has put the threads, so steps of some 60 µs to 1 ms are made in both ways now and then, and the quicker way is kept. Results do
//! not depend on it.

use std::time::{Duration, Instant};

use typednet_tensor::{LeastPart, Parallel};

/// Half of the least step that is shared: forward, weight gradient and input gradient take 60 µs of one core. It is right where a
/// hand-over takes 0.25 µs; where it takes longer, larger steps are shared at first.
const LEAST: LeastPart = LeastPart::new(3_000_000, 250).waking_from(0);

/// A step of so many floating-point operations, a millisecond of one core, is always shared.
const CERTAIN: usize = 100_000_000;

/// The steps of a trial in each way. The first [`SETTLING`] do not count: threads wake, and the weights move.
const TRIAL: u32 = 8;
const SETTLING: u32 = 2;

/// The steps between two trials, at first and at most: at first 3 % of the steps are made in the way that may be slower, later 0.4 %.
const FIRST_PERIOD: u32 = 256;
const LONGEST_PERIOD: u32 = 2048;

/// The other way is taken where it takes less than this part of the time.
const BETTER: f64 = 0.98;

/// The way in which steps are made.
pub(crate) struct Sharing {
    /// The rows of the steps that are compared.
    rows: usize,
    /// Whether the last step had other rows, as the last of an epoch has.
    other_rows: bool,
    shared: bool,
    /// The place in trial and period.
    step: u32,
    period: u32,
    /// The least times in the way that is taken and in the other.
    least: [Duration; 2],
    began: Option<Instant>,
}

impl Sharing {
    pub(crate) const fn new() -> Self {
        Self {
            rows: 0,
            other_rows: false,
            shared: false,
            step: 0,
            period: FIRST_PERIOD,
            least: [Duration::MAX; 2],
            began: None,
        }
    }

    /// Where the next step over `rows` rows runs, whose passes take `flops` floating-point operations, in the precision of `parallel`.
    pub(crate) fn begin<'p>(&mut self, parallel: Parallel<'p>, rows: usize, flops: usize) -> Parallel<'p> {
        self.began = None;
        if parallel.threads() < 2 || flops / 2 < LEAST.units {
            return parallel.serial();
        }
        if flops >= CERTAIN || self.is_shared(rows, || parallel.parts(flops, LEAST) > 1) {
            parallel
        } else {
            parallel.serial()
        }
    }

    /// Ends what [`begin`](Self::begin) began.
    pub(crate) fn end(&mut self) {
        if let Some(began) = self.began.take() {
            self.took(began.elapsed());
        }
    }

    /// Whether the next step is shared; `at_first` says so where nothing is known.
    fn is_shared(&mut self, rows: usize, at_first: impl Fn() -> bool) -> bool {
        if rows != self.rows {
            // A single batch of another size ends an epoch; two are a new batch size.
            if self.rows != 0 && !self.other_rows {
                self.other_rows = true;
                return at_first();
            }
            *self = Self { rows, shared: at_first(), ..Self::new() };
        }
        self.other_rows = false;
        if self.step == 2 * TRIAL {
            let [this, other] = self.least;
            if other.as_secs_f64() < BETTER * this.as_secs_f64() {
                (self.shared, self.period) = (!self.shared, FIRST_PERIOD);
            } else {
                self.period = LONGEST_PERIOD.min(2 * self.period);
            }
        }
        if self.step == 2 * TRIAL + self.period {
            (self.step, self.least) = (0, [Duration::MAX; 2]);
        }
        if self.step < 2 * TRIAL && self.step % TRIAL >= SETTLING {
            self.began = Some(Instant::now());
        }
        self.step += 1;
        self.shared != (TRIAL < self.step && self.step <= 2 * TRIAL)
    }

    /// The step that has begun last has taken so long.
    fn took(&mut self, time: Duration) {
        let least = &mut self.least[usize::from(self.step > TRIAL)];
        *least = time.min(*least);
    }
}

#[cfg(test)]
mod tests {
    use typednet_tensor::{Precision, ThreadPool};

    use super::*;

    /// Whether each of so many steps was shared, where one takes as long as `time` says.
    fn steps(sharing: &mut Sharing, rows: usize, count: u32, time: impl Fn(bool) -> u64) -> Vec<bool> {
        let step = |_| {
            let shared = sharing.is_shared(rows, || true);
            if sharing.began.take().is_some() {
                sharing.took(Duration::from_micros(time(shared)));
            }
            shared
        };
        (0..count).map(step).collect()
    }

    fn count(ways: &[bool], shared: bool) -> usize {
        ways.iter().filter(|way| **way == shared).count()
    }

    #[test]
    fn the_quicker_way_is_taken_and_the_other_tried_seldom() {
        for (alone, shared) in [(100, 60), (100, 140)] {
            let ways = steps(&mut Sharing::new(), 32, 20_000, |is_shared| if is_shared { shared } else { alone });
            let slower = count(&ways, shared > alone);
            assert!((50..200).contains(&slower), "{slower} steps in the slower way");
        }
    }

    #[test]
    fn a_way_is_left_when_it_has_become_the_slower_one() {
        let mut sharing = Sharing::new();
        let before = steps(&mut sharing, 32, 10_000, |shared| if shared { 60 } else { 100 });
        assert!(count(&before, false) < 150);
        let after = steps(&mut sharing, 32, 10_000, |shared| if shared { 140 } else { 100 });
        assert!(count(&after, true) < 2_500, "found out at the next trial");
        assert!(count(&after[5_000..], true) < 50);
    }

    #[test]
    fn what_is_as_quick_changes_nothing() {
        let ways = steps(&mut Sharing::new(), 32, 10_000, |shared| if shared { 100 } else { 99 });
        assert!(count(&ways, false) < 100);
    }

    #[test]
    fn the_last_batch_of_an_epoch_forgets_nothing_and_a_new_batch_size_does() {
        let mut sharing = Sharing::new();
        let time = |shared| if shared { 140 } else { 100 };
        steps(&mut sharing, 32, 100, time);
        assert!(!sharing.shared);
        steps(&mut sharing, 5, 1, time);
        assert!(steps(&mut sharing, 32, 100, time).iter().all(|shared| !shared), "it is known");
        steps(&mut sharing, 5, 2, time);
        assert!(sharing.shared && sharing.rows == 5, "nothing is known");
    }

    /// Whether it is shared is found by the clock: no result may depend on it.
    #[test]
    fn a_step_has_its_precision_shared_or_alone() {
        let pool = ThreadPool::new(2).expect("threads").in_precision(Precision::Bf16Portable);
        let mut sharing = Sharing::new();
        let mut ways = [false; 2];
        for flops in [0, CERTAIN].into_iter().chain((0..=2 * TRIAL).map(|_| 2 * LEAST.units)) {
            let parallel = sharing.begin(pool.parallel(), 1, flops);
            assert_eq!(parallel.precision(), Precision::Bf16Portable);
            ways[usize::from(parallel.threads() > 1)] |= flops == 2 * LEAST.units;
        }
        assert_eq!(ways, [true; 2], "a trial is made in both ways");
        let alone = Parallel::serial_in(Precision::Bf16Portable);
        assert_eq!(sharing.begin(alone, 1, CERTAIN).precision(), Precision::Bf16Portable);
    }

    #[test]
    fn small_steps_stay_on_one_thread_and_large_ones_are_shared() {
        let pool = ThreadPool::new(2).expect("threads");
        let mut sharing = Sharing::new();
        let mut threads = |flops| sharing.begin(pool.parallel(), 1, flops).threads();
        assert_eq!([0, 2 * LEAST.units - 1, CERTAIN, usize::MAX].map(&mut threads), [1, 1, 2, 2]);
        assert_eq!(sharing.begin(Parallel::SERIAL, 1, CERTAIN).threads(), 1);
        assert!(sharing.began.is_none(), "no clock is looked at");
    }
}
