//! Threads that stay and wait for work.

use core::cell::UnsafeCell;
use core::mem::transmute;
use core::panic::AssertUnwindSafe;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize};
use std::panic::{catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crate::{Parallel, Pool};

/// The calling thread and a number of others that stay for the pool's life.
///
/// A thread that has nothing to do spins for some fifty microseconds, so that it is there for the next product of the
/// same step, and then sleeps, so that an idle pool costs nothing and a busy machine is not slowed down. The thread that
/// calls [`run`](Pool::run) works too, and takes over what the others have not begun, so it never waits for a thread
/// that is asleep; for one that the system has taken off its processor it spins as long, and then sleeps too.
///
/// Each thread first takes the parts that stand at its place among them: of two threads, the caller the first half, the
/// other the second. Work that is cut in the same way again finds its data in the caches of the same processor.
///
/// Work that is given while the pool is busy, from another thread or from within a part, runs on its own thread.
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// use typednet_tensor::{Pool, ThreadPool};
///
/// let pool = ThreadPool::new(2)?;
/// let sum = AtomicUsize::new(0);
/// pool.run(10, &|part| {
///     sum.fetch_add(part, Ordering::Relaxed);
/// });
/// assert_eq!(sum.into_inner(), 45);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct ThreadPool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

impl ThreadPool {
    /// A pool that runs `threads` parts at the same time: the caller and `threads − 1` others.
    ///
    /// # Errors
    /// If the system has no more threads to give.
    pub fn new(threads: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let mut pool = Self { shared, workers: Vec::new() };
        for index in 1..threads.max(1) {
            let shared = Arc::clone(&pool.shared);
            let seat = Seat { index, threads };
            let worker = thread::Builder::new().name(format!("typednet-{index}")).spawn(move || shared.work(seat))?;
            pool.workers.push(worker);
        }
        Ok(pool)
    }

    /// The pool as kernels take it.
    pub fn parallel(&self) -> Parallel<'_> {
        Parallel::on(self)
    }
}

// SAFETY: each part is claimed by exactly one successful compare-exchange of `ticket`, and `run` returns only after as
// many parts as it asked for have been counted as completed.
unsafe impl Pool for ThreadPool {
    fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    fn awake(&self) -> usize {
        self.threads() - self.shared.sleepers.load(Relaxed)
    }

    fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        if parts < 2 || self.workers.is_empty() || self.shared.busy.swap(true, Acquire) {
            (0..parts).for_each(part);
            return;
        }
        let here = if parts <= Ticket::MOST_PARTS {
            self.shared.publish(parts, part, self.threads())
        } else {
            // Neighbours go together.
            let start = |group| parts / Ticket::MOST_PARTS * group + (parts % Ticket::MOST_PARTS).min(group);
            let group = |group| (start(group)..start(group + 1)).for_each(part);
            self.shared.publish(Ticket::MOST_PARTS, &group, self.threads())
        };
        // Taken before the pool is free again: afterwards it belongs to the next caller.
        let elsewhere = self.shared.panicked.swap(false, Relaxed);
        self.shared.busy.store(false, Release);
        if let Err(panic) = here {
            resume_unwind(panic);
        }
        assert!(!elsewhere, "a part of the work panicked on another thread");
    }
}

impl Drop for ThreadPool {
    fn drop(&mut self) {
        self.shared.close.store(true, SeqCst);
        self.shared.wake(self.workers.len());
        for worker in self.workers.drain(..) {
            // A worker catches the panics of its parts, so joining it cannot fail.
            let _ = worker.join();
        }
    }
}

/// How often a thread looks before it goes to sleep.
const SPINS: u32 = 4_000;

/// What a part's work looks like from the pool.
type Part<'a> = dyn Fn(usize) + Sync + 'a;

#[derive(Default)]
struct Shared {
    /// Which work is under way and which of its parts is next; see [`Ticket`].
    ticket: AtomicU64,
    /// The work of the current ticket.
    part: UnsafeCell<Option<&'static Part<'static>>>,
    /// How many parts the work under way has.
    parts: AtomicU32,
    completed: AtomicU32,
    panicked: AtomicBool,
    busy: AtomicBool,
    close: AtomicBool,
    sleepers: AtomicUsize,
    /// Whether the thread that gave the work sleeps until it is done.
    waiting: AtomicBool,
    bed: Mutex<()>,
    /// Rings when there is work.
    bell: Condvar,
    /// Rings when a part is completed and somebody waits.
    done: Condvar,
}

// SAFETY: `part` is written only by the thread that has set `busy`, while no part is claimed, and read only by threads
// that have claimed a part of the ticket that was published after the write. The rest is atomic or locked.
unsafe impl Sync for Shared {}
// SAFETY: nothing in it belongs to a thread.
unsafe impl Send for Shared {}

/// Round (32 bits) and the parts that nobody has begun (a bit each), in one word, so that a part is claimed in one step.
#[derive(Clone, Copy, PartialEq)]
struct Ticket(u64);

/// A thread's place among those of the pool; the caller's is 0.
#[derive(Clone, Copy)]
struct Seat {
    index: usize,
    threads: usize,
}

impl Seat {
    /// The first of the parts that stand at this place.
    fn first(self, parts: u32) -> u32 {
        (self.index * parts as usize / self.threads) as u32
    }
}

impl Ticket {
    const MOST_PARTS: usize = 32;

    fn new(round: u32, parts: usize) -> Self {
        Self(u64::from(round) << 32 | (u64::MAX >> (64 - parts)))
    }

    fn round(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The first part from `from` on that nobody has begun, else the last before it, and the ticket without it.
    fn claim(self, from: u32) -> Option<(usize, Self)> {
        let open = self.0 as u32;
        let behind = open & u32::MAX.checked_shl(from).unwrap_or(0);
        let part = if behind != 0 { behind.trailing_zeros() } else { open.checked_ilog2()? };
        Some((part as usize, Self(self.0 & !(1 << part))))
    }
}

impl Shared {
    /// Offers the work to the others, does what they leave, and returns when all of it is done; a panic of a part that
    /// ran here comes back as an error.
    fn publish(&self, parts: usize, part: &Part<'_>, threads: usize) -> thread::Result<()> {
        // SAFETY: only the lifetime changes. The reference is used by threads that hold a part of this round, and this
        // function does not return before all parts are completed.
        let part = unsafe { transmute::<&Part<'_>, &'static Part<'static>>(part) };
        let round = Ticket(self.ticket.load(Relaxed)).round().wrapping_add(1);
        self.completed.store(0, Relaxed);
        // SAFETY: this thread has set `busy`, and all parts of the round before are completed: nobody reads `part`.
        unsafe { *self.part.get() = Some(part) };
        self.parts.store(parts as u32, Relaxed);
        self.ticket.store(Ticket::new(round, parts).0, SeqCst);
        let awake = threads - self.sleepers.load(SeqCst);
        self.wake(parts.min(threads).saturating_sub(awake));
        let mut outcome = Ok(());
        let seat = Seat { index: 0, threads };
        while let Some(index) = self.claim(seat) {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| part(index))) {
                outcome = Err(panic);
            }
            self.completed.fetch_add(1, Release);
        }
        self.wait(parts as u32);
        outcome
    }

    /// Returns when `parts` parts are completed.
    fn wait(&self, parts: u32) {
        let mut spins = 0;
        while self.completed.load(Acquire) < parts {
            if spins < SPINS {
                rest(&mut spins);
                continue;
            }
            // Whoever holds a part has been held up: to go on looking would only keep it from its processor.
            let mut bed = self.bed.lock().unwrap_or_else(PoisonError::into_inner);
            self.waiting.store(true, SeqCst);
            // A part that is completed before the line above is seen here; one after it sees who waits, and rings.
            while self.completed.load(SeqCst) < parts {
                bed = self.done.wait(bed).unwrap_or_else(PoisonError::into_inner);
            }
            self.waiting.store(false, SeqCst);
        }
    }

    /// Counts a part as completed, on a thread that is not the one that waits for it.
    fn complete(&self) {
        self.completed.fetch_add(1, SeqCst);
        if self.waiting.load(SeqCst) {
            drop(self.bed.lock().unwrap_or_else(PoisonError::into_inner));
            self.done.notify_one();
        }
    }

    /// The next part for the thread at `seat`, of the round that is under way.
    fn claim(&self, seat: Seat) -> Option<usize> {
        let mut ticket = Ticket(self.ticket.load(Acquire));
        loop {
            // It only says where to begin to look, so it may be that of another round.
            let from = seat.first(self.parts.load(Relaxed));
            let (index, rest) = ticket.claim(from)?;
            match self.ticket.compare_exchange_weak(ticket.0, rest.0, Acquire, Acquire) {
                Ok(_) => return Some(index),
                Err(now) => ticket = Ticket(now),
            }
        }
    }

    /// What a worker does all its life.
    fn work(&self, seat: Seat) {
        let mut spins = 0;
        while !self.close.load(Relaxed) {
            if let Some(index) = self.claim(seat) {
                // SAFETY: this thread holds a part of the round that is under way, so `part` was written before the
                // ticket that it claimed from, and stays until this part is completed.
                let part = unsafe { *self.part.get() };
                let done = catch_unwind(AssertUnwindSafe(|| part.expect("work is published with its part")(index)));
                if done.is_err() {
                    self.panicked.store(true, Relaxed);
                }
                self.complete();
                spins = 0;
            } else if spins < SPINS {
                rest(&mut spins);
            } else {
                self.sleep();
                spins = 0;
            }
        }
    }

    fn sleep(&self) {
        let mut bed = self.bed.lock().unwrap_or_else(PoisonError::into_inner);
        self.sleepers.fetch_add(1, SeqCst);
        // A ticket that was published before the line above is seen here; one after it sees a sleeper and rings.
        while Ticket(self.ticket.load(SeqCst)).claim(0).is_none() && !self.close.load(SeqCst) {
            bed = self.bell.wait(bed).unwrap_or_else(PoisonError::into_inner);
        }
        self.sleepers.fetch_sub(1, SeqCst);
    }

    /// Wakes as many sleepers.
    fn wake(&self, count: usize) {
        if count > 0 {
            drop(self.bed.lock().unwrap_or_else(PoisonError::into_inner));
            (0..count).for_each(|_| self.bell.notify_one());
        }
    }
}

/// A short wait; now and then it lets other threads of the machine run.
fn rest(spins: &mut u32) {
    *spins += 1;
    if spins.is_multiple_of(256) {
        thread::yield_now();
    } else {
        core::hint::spin_loop();
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::Key;

    fn each_part_runs_once(pool: &ThreadPool, parts: usize) {
        let counts: Vec<AtomicUsize> = (0..parts).map(|_| AtomicUsize::new(0)).collect();
        pool.run(parts, &|part| {
            counts[part].fetch_add(1, Relaxed);
        });
        assert!(counts.iter().all(|count| count.load(Relaxed) == 1), "{counts:?}");
    }

    /// So many rounds, or a few where an interpreter looks for data races in them.
    const fn rounds(count: usize) -> usize {
        if cfg!(miri) { 10 } else { count }
    }

    fn wait_until_all_sleep(pool: &ThreadPool) {
        let start = Instant::now();
        while pool.shared.sleepers.load(SeqCst) < pool.workers.len() {
            assert!(start.elapsed() < Duration::from_mins(1), "idle threads go to sleep");
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn every_part_runs_once_however_often() {
        for threads in [1, 2, 3, 8] {
            let pool = ThreadPool::new(threads).expect("threads");
            assert_eq!(pool.threads(), threads);
            for round in 0..rounds(2_000) {
                each_part_runs_once(&pool, round % 9);
            }
        }
    }

    /// Callers, parts and pauses in a random mixture: threads fall asleep before, during and after the work of others.
    #[test]
    fn no_part_is_lost_between_waking_and_falling_asleep() {
        let pool = ThreadPool::new(3).expect("threads");
        thread::scope(|scope| {
            for caller in 0..2 {
                let pool = &pool;
                scope.spawn(move || {
                    let key = Key::new(7).child(caller);
                    for round in 0..rounds(3_000) as u64 {
                        let key = key.child(round);
                        let pause = |place: u64| match key.below(place, 8) {
                            0 => thread::sleep(Duration::from_micros(key.below(place + 100, 120))),
                            1..=3 => (0..key.below(place + 100, 3_000)).for_each(|_| core::hint::spin_loop()),
                            _ => {}
                        };
                        let counts: [AtomicUsize; 7] = core::array::from_fn(|_| AtomicUsize::new(0));
                        let parts = key.below(8, 8) as usize;
                        pool.run(parts, &|part| {
                            pause(part as u64);
                            counts[part].fetch_add(1, Relaxed);
                        });
                        let found = counts.map(AtomicUsize::into_inner);
                        assert!(found.iter().enumerate().all(|(i, n)| *n == usize::from(i < parts)), "{found:?}");
                        pause(9);
                    }
                });
            }
        });
    }

    #[test]
    fn sleeping_threads_are_woken() {
        let pool = ThreadPool::new(3).expect("threads");
        for _ in 0..5 {
            wait_until_all_sleep(&pool);
            assert_eq!(pool.awake(), 1);
            let waiting = std::sync::Barrier::new(3);
            // Each part waits for the two others, so all three threads must take part.
            pool.run(3, &|_| {
                waiting.wait();
            });
        }
    }

    #[test]
    fn no_more_threads_are_woken_than_there_are_parts() {
        let pool = ThreadPool::new(4).expect("threads");
        for _ in 0..5 {
            wait_until_all_sleep(&pool);
            let waiting = std::sync::Barrier::new(2);
            pool.run(2, &|_| {
                waiting.wait();
                assert!(pool.shared.sleepers.load(SeqCst) >= 2, "one of three was needed");
            });
        }
    }

    #[test]
    fn more_parts_than_a_ticket_holds_run_once_each() {
        let pool = ThreadPool::new(3).expect("threads");
        for parts in [31, 32, 33, 63, 64, 65, 100, 1000, 70_000] {
            each_part_runs_once(&pool, parts);
        }
    }

    #[test]
    fn a_thread_comes_back_to_its_parts() {
        let pool = ThreadPool::new(3).expect("threads");
        let round = || {
            let (meeting, threads) = (std::sync::Barrier::new(3), Mutex::new([None; 3]));
            // Nobody goes on before all three are here, so each thread has one part.
            pool.run(3, &|part| {
                meeting.wait();
                threads.lock().expect("no part panics")[part] = Some(thread::current().id());
            });
            threads.into_inner().expect("no part panics")
        };
        let first = round();
        assert_eq!(first[0], Some(thread::current().id()), "the caller's are the first");
        for _ in 0..rounds(200) {
            assert_eq!(round(), first);
        }
    }

    #[test]
    fn work_within_work_runs_on_its_own_thread() {
        let pool = ThreadPool::new(2).expect("threads");
        let count = AtomicUsize::new(0);
        pool.run(4, &|_| {
            pool.run(4, &|_| {
                count.fetch_add(1, Relaxed);
            });
        });
        assert_eq!(count.into_inner(), 16);
    }

    #[test]
    fn a_panic_arrives_and_the_pool_goes_on() {
        let pool = ThreadPool::new(2).expect("threads");
        for _ in 0..rounds(20) {
            let result = catch_unwind(AssertUnwindSafe(|| pool.run(8, &|part| assert!(part != 5))));
            assert!(result.is_err());
            each_part_runs_once(&pool, 8);
        }
    }

    #[test]
    fn panics_on_both_sides_leave_nothing_behind() {
        let pool = ThreadPool::new(2).expect("threads");
        for _ in 0..5 {
            let both = std::sync::Barrier::new(2);
            let result = catch_unwind(AssertUnwindSafe(|| {
                pool.run(2, &|part| {
                    both.wait();
                    panic!("part {part}");
                });
            }));
            assert!(result.is_err());
            each_part_runs_once(&pool, 8);
        }
    }

    #[test]
    fn callers_on_several_threads_share_a_pool() {
        let pool = ThreadPool::new(2).expect("threads");
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| (0..rounds(500)).for_each(|_| each_part_runs_once(&pool, 5)));
            }
        });
    }
}
