//! What a hand-over takes on this machine at this time.
//!
//! It depends on where the system has put the threads: 0.3 µs where their cores share a cache and 1 µs where they do not, on one virtual
//! machine within the same minute. So it is measured again and again, for a stated share of the time. What is found decides
//! how much is shared, which no result depends on.

use core::hint::spin_loop;
use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::ThreadPool;
use super::ticket::Ticket;
use crate::Pool;

/// The hand-overs of a measurement, whose median counts.
const SAMPLES: usize = 15;

/// A measurement ends after so long: at the start, when the threads have just been made, and later.
const AT_START: Duration = Duration::from_millis(1);
const LATER: Duration = Duration::from_micros(100);

/// So long after a measurement another is due: at most 0.2 % of the time is spent on them.
const PERIOD: Duration = Duration::from_millis(50);

/// Only each so many-th question looks at the clock.
const QUESTIONS: u32 = 64;

/// What a hand-over takes at most, as far as decisions go: a large piece is always shared. Threads that did not begin within
/// a measurement count as this.
const MOST: u32 = 4_000;

/// What a hand-over takes: the median of the last three measurements, so that a single one that was disturbed changes nothing.
pub(super) struct HandOver {
    nanoseconds: AtomicU32,
    questions: AtomicU32,
    measured: Mutex<Measured>,
}

struct Measured {
    last: Instant,
    recent: [u32; 3],
}

impl HandOver {
    /// That of a pool of which nothing is known.
    pub(super) fn unknown() -> Self {
        Self {
            nanoseconds: AtomicU32::new(0),
            questions: AtomicU32::new(0),
            measured: Mutex::new(Measured { last: Instant::now(), recent: [0; 3] }),
        }
    }

    /// The first measurement.
    pub(super) fn begin(&self, pool: &ThreadPool) {
        if let Ok(mut measured) = self.measured.try_lock() {
            let found = measure(pool, AT_START);
            *measured = Measured { last: Instant::now(), recent: [found; 3] };
            self.nanoseconds.store(found, Relaxed);
        }
    }

    /// What a hand-over takes, in nanoseconds; now and then that is measured first.
    pub(super) fn nanoseconds(&self, pool: &ThreadPool) -> u32 {
        // Two threads that ask at once may count one question: nothing depends on the number.
        let questions = self.questions.load(Relaxed).wrapping_add(1);
        self.questions.store(questions, Relaxed);
        if questions.is_multiple_of(QUESTIONS) {
            self.renew(pool);
        }
        self.nanoseconds.load(Relaxed)
    }

    /// Measures where that is due and nobody else does.
    #[cold]
    fn renew(&self, pool: &ThreadPool) {
        let Ok(mut measured) = self.measured.try_lock() else { return };
        if measured.last.elapsed() < PERIOD {
            return;
        }
        let found = measure(pool, LATER);
        measured.add(found);
        self.nanoseconds.store(measured.median(), Relaxed);
    }
}

impl Measured {
    fn add(&mut self, found: u32) {
        let [_, second, third] = self.recent;
        *self = Self { last: Instant::now(), recent: [second, third, found] };
    }

    fn median(&self) -> u32 {
        let mut recent = self.recent;
        recent.sort_unstable();
        recent[1]
    }
}

/// The median of some hand-overs, as many as there is time for; [`MOST`] where there was none.
fn measure(pool: &ThreadPool, time: Duration) -> u32 {
    let end = Instant::now() + time;
    let (mut samples, mut count) = ([0; SAMPLES], 0);
    while count < SAMPLES {
        let Some(sample) = hand_over(pool, end) else { break };
        samples[count] = u32::try_from(sample.as_nanos()).unwrap_or(MOST).min(MOST);
        count += 1;
    }
    samples[..count].sort_unstable();
    samples[..count].get(count / 2).copied().unwrap_or(MOST)
}

/// The time from when work is given until all threads have begun, or as many as there are parts for, and it is done; nothing if they have not begun before `end`, or the
/// pool is at work for somebody else.
fn hand_over(pool: &ThreadPool, end: Instant) -> Option<Duration> {
    // As many as there are parts for, where the threads are more.
    let threads = pool.threads().min(Ticket::MOST_PARTS);
    let (begun, all_began) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = |part: usize| {
        begun.fetch_add(1, AcqRel);
        // The caller's own part is the first; it is over when each of the others has been taken.
        if part == 0 {
            let mut spins = 0_u32;
            let mut late = false;
            while begun.load(Acquire) < threads && !late {
                spins += 1;
                late = spins.is_multiple_of(32) && Instant::now() >= end;
                spin_loop();
            }
            all_began.store(!late, Relaxed);
        }
    };
    let begin = Instant::now();
    if begin >= end || !pool.shared.occupy() {
        return None;
    }
    pool.shared.publish(threads, &work, pool.threads());
    pool.shared.leave();
    all_began.into_inner().then(|| begin.elapsed())
}

#[cfg(all(test, not(typednet_loom)))]
mod tests {
    use super::*;

    fn known(pool: &ThreadPool) -> u32 {
        pool.hand_over.nanoseconds.load(Relaxed)
    }

    #[test]
    fn what_a_hand_over_takes_is_known_from_the_start_and_bounded() {
        for threads in [2, 3] {
            let pool = ThreadPool::new(threads).expect("threads");
            assert!((1..=MOST).contains(&known(&pool)), "{} ns", known(&pool));
        }
        assert_eq!(known(&ThreadPool::new(1).expect("threads")), 0, "nobody is handed anything");
    }

    #[test]
    fn a_single_measurement_changes_nothing_and_two_do() {
        let mut measured = Measured { last: Instant::now(), recent: [300; 3] };
        measured.add(MOST);
        assert_eq!(measured.median(), 300);
        measured.add(280);
        assert_eq!(measured.median(), 300);
        measured.add(MOST);
        assert_eq!(measured.median(), MOST, "two of the last three");
    }

    #[test]
    fn it_is_measured_again_when_that_is_due_and_not_before() {
        let pool = ThreadPool::new(2).expect("threads");
        let ask = || {
            for _ in 0..QUESTIONS {
                pool.hand_over.nanoseconds(&pool);
            }
        };
        let set = |last: Instant| {
            *pool.hand_over.measured.lock().expect("no panic") = Measured { last, recent: [1, 1, 0] };
            pool.hand_over.nanoseconds.store(0, Relaxed);
        };
        set(Instant::now() + PERIOD);
        ask();
        assert_eq!(known(&pool), 0);
        set(Instant::now());
        std::thread::sleep(PERIOD);
        ask();
        assert_eq!(known(&pool), 1, "the median of 1, 0 and what was found");
    }

    #[test]
    fn a_pool_that_is_at_work_is_left_alone() {
        let pool = ThreadPool::new(2).expect("threads");
        assert!(pool.shared.occupy());
        let begin = Instant::now();
        assert_eq!(measure(&pool, Duration::from_mins(1)), MOST);
        assert!(begin.elapsed() < Duration::from_secs(30), "it does not wait for its turn");
        pool.shared.leave();
        assert!(measure(&pool, Duration::from_mins(1)) <= MOST);
    }
}
