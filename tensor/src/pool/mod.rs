//! Threads that stay and wait for work.
//!
//! `ticket.rs` says which part a thread takes, `shared.rs` how threads claim parts, wait and sleep. `model.rs` proves it
//! with loom, which runs a few threads in every order that the processor's memory allows (`cargo xtask check loom`).

mod hand_over;
mod shared;
mod sync;
mod ticket;

#[cfg(all(test, typednet_loom))]
mod model;
#[cfg(all(test, not(typednet_loom)))]
mod tests;

use std::panic::resume_unwind;

use crate::{Parallel, Pool, Precision};
use hand_over::HandOver;
use shared::Shared;
use sync::{Arc, Builder, JoinHandle};
use ticket::{Seat, Ticket};

/// Whether loom runs the threads, for which there is no time: what a hand-over takes is made of [`Pool::run`]'s steps, which it runs.
const LOOM: bool = cfg!(all(test, typednet_loom));

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
/// What it takes to hand work over is measured when the pool is made, for at most a millisecond, and again after some 50 ms of use, for at
/// most 0.1 ms ([`hand_over`](Pool::hand_over)).
///
/// Work that is given while the pool is busy, from another thread or from within a part, runs on its own thread.
///
/// Where parts panic, the others still run to their ends; then [`run`](Pool::run) panics with what the first of them
/// carried, and the pool is as good as before. What the others carried is forgotten (never dropped: it might panic again).
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
    hand_over: HandOver,
    precision: Precision,
}

impl ThreadPool {
    /// A pool that runs `threads` parts at the same time: the caller and `threads − 1` others.
    ///
    /// # Errors
    /// If the system has no more threads to give.
    pub fn new(threads: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::new());
        let mut pool = Self { shared, workers: Vec::new(), hand_over: HandOver::unknown(), precision: Precision::F32 };
        for index in 1..threads.max(1) {
            let shared = Arc::clone(&pool.shared);
            let seat = Seat { index, threads };
            let worker = Builder::new().name(format!("typednet-{index}")).spawn(move || shared.work(seat))?;
            pool.workers.push(worker);
        }
        if threads > 1 && !LOOM {
            pool.hand_over.begin(&pool);
        }
        Ok(pool)
    }

    /// The same pool, with products of this [precision](Pool::precision).
    #[must_use]
    pub fn in_precision(self, precision: Precision) -> Self {
        // As a field by itself: the rest has a destructor.
        let mut this = self;
        this.precision = precision;
        this
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
        self.threads() - self.shared.sleepers()
    }

    fn hand_over(&self) -> u32 {
        if LOOM { 0 } else { self.hand_over.nanoseconds(self) }
    }

    fn precision(&self) -> Precision {
        self.precision
    }

    fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        if parts < 2 || self.workers.is_empty() || !self.shared.occupy() {
            (0..parts).for_each(part);
            return;
        }
        if parts <= Ticket::MOST_PARTS {
            self.shared.publish(parts, part, self.threads());
        } else {
            // Neighbours go together.
            let start = |group| parts / Ticket::MOST_PARTS * group + (parts % Ticket::MOST_PARTS).min(group);
            let group = |group| (start(group)..start(group + 1)).for_each(part);
            self.shared.publish(Ticket::MOST_PARTS, &group, self.threads());
        }
        if let Some(panic) = self.shared.leave() {
            resume_unwind(panic);
        }
    }
}

impl Drop for ThreadPool {
    fn drop(&mut self) {
        self.shared.close(self.workers.len());
        for worker in self.workers.drain(..) {
            // A worker catches the panics of its parts, so joining it cannot fail.
            let _ = worker.join();
        }
    }
}
