//! The shared state of a pool's threads, and how they share out the parts.

use core::mem::{forget, transmute};
use core::panic::AssertUnwindSafe;
use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::any::Any;
use std::panic::catch_unwind;
use std::sync::PoisonError;

use super::sync::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Condvar, Mutex, UnsafeCell, spin_loop, yield_now};
use super::ticket::{Seat, Ticket};

/// How often a thread looks before it goes to sleep.
const SPINS: u32 = if cfg!(all(test, typednet_loom)) { 1 } else { 4_000 };

/// What a part's work looks like from the pool.
type Part<'a> = dyn Fn(usize) + Sync + 'a;

/// What a panic carries.
type Payload = Box<dyn Any + Send>;

/// The bit of [`Shared::completed`] that says that the thread that gave the work sleeps until it is done.
const WAITING: u32 = 1 << 31;

/// Work, who does it, and who sleeps.
pub(super) struct Shared {
    /// Which work is under way and which of its parts is next; see [`Ticket`].
    ticket: AtomicU64,
    /// The work of the current ticket.
    part: UnsafeCell<&'static Part<'static>>,
    /// How many parts the work under way has.
    parts: AtomicU32,
    /// How many of them are completed, and [`WAITING`]: both in one word, so that whoever completes the last part either
    /// sees who waits or is seen by them.
    completed: AtomicU32,
    /// Whether `panic` holds something.
    panicked: AtomicBool,
    /// What the first part carried that panicked.
    panic: Mutex<Option<Payload>>,
    busy: AtomicBool,
    close: AtomicBool,
    sleepers: AtomicUsize,
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

impl Shared {
    pub(super) fn new() -> Self {
        Self {
            ticket: AtomicU64::new(0),
            part: UnsafeCell::new(&|_| ()),
            parts: AtomicU32::new(0),
            completed: AtomicU32::new(0),
            panicked: AtomicBool::new(false),
            panic: Mutex::new(None),
            busy: AtomicBool::new(false),
            close: AtomicBool::new(false),
            sleepers: AtomicUsize::new(0),
            bed: Mutex::new(()),
            bell: Condvar::new(),
            done: Condvar::new(),
        }
    }

    /// Makes the pool the caller's, unless it is another's: then nothing happens.
    pub(super) fn occupy(&self) -> bool {
        !self.busy.swap(true, Acquire)
    }

    /// Ends the work of whom [`occupy`](Self::occupy) gave the pool, and gives back what the first part carried that
    /// panicked.
    pub(super) fn leave(&self) -> Option<Payload> {
        // Taken before the pool is free again: afterwards it belongs to the next caller. `publish` has seen all parts
        // completed, and with them what they set.
        let panic = if self.panicked.load(Relaxed) {
            self.panicked.store(false, Relaxed);
            self.panic.lock().unwrap_or_else(PoisonError::into_inner).take()
        } else {
            None
        };
        self.busy.store(false, Release);
        panic
    }

    /// Whether a part of the work under way has panicked.
    #[cfg(all(test, not(typednet_loom)))]
    pub(super) fn has_panicked(&self) -> bool {
        self.panicked.load(Relaxed)
    }

    /// How many threads sleep.
    pub(super) fn sleepers(&self) -> usize {
        self.sleepers.load(SeqCst)
    }

    /// Sends all `workers` home.
    pub(super) fn close(&self, workers: usize) {
        self.close.store(true, SeqCst);
        self.wake(workers);
    }

    /// Offers the work to the others, does what they leave, and returns when all of it is done. The caller must
    /// [`occupy`](Self::occupy) the pool.
    ///
    /// It never unwinds: the others use `part`, which belongs to the caller, until it returns.
    pub(super) fn publish(&self, parts: usize, part: &Part<'_>, threads: usize) {
        // SAFETY: only the lifetime changes. The reference is used by threads that hold a part of this round, and this
        // function does not return before all parts are completed.
        let part = unsafe { transmute::<&Part<'_>, &'static Part<'static>>(part) };
        let round = Ticket(self.ticket.load(Relaxed)).round().wrapping_add(1);
        self.completed.store(0, Relaxed);
        // SAFETY: this thread has set `busy`, and all parts of the round before are completed: nobody reads `part`.
        self.part.with_mut(|place| unsafe { *place = part });
        self.parts.store(parts as u32, Relaxed);
        self.ticket.store(Ticket::new(round, parts).0, SeqCst);
        let awake = threads - self.sleepers.load(SeqCst);
        self.wake(parts.min(threads).saturating_sub(awake));
        let seat = Seat { index: 0, threads };
        while let Some(index) = self.claim(seat) {
            self.attempt(part, index);
            self.completed.fetch_add(1, Release);
        }
        self.wait(parts as u32);
    }

    /// Runs a part. A panic is kept for the caller if it is the round's first one.
    ///
    /// It never unwinds, so what later panics carry is forgotten: to drop it would run code that may panic again.
    fn attempt(&self, part: &Part<'_>, index: usize) {
        let Err(payload) = catch_unwind(AssertUnwindSafe(|| part(index))) else { return };
        let mut first = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
        if first.is_some() {
            forget(payload);
        } else {
            *first = Some(payload);
            self.panicked.store(true, Relaxed);
        }
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
            // A part that is completed before the line below is counted by it; one after it sees who waits, and rings.
            let mut completed = self.completed.fetch_or(WAITING, AcqRel);
            while completed & !WAITING < parts {
                bed = self.done.wait(bed).unwrap_or_else(PoisonError::into_inner);
                completed = self.completed.load(Acquire);
            }
            return;
        }
    }

    /// Counts a part as completed, on a thread that is not the one that waits for it.
    fn complete(&self) {
        if self.completed.fetch_add(1, AcqRel) & WAITING != 0 {
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
    pub(super) fn work(&self, seat: Seat) {
        let mut spins = 0;
        while !self.close.load(Relaxed) {
            if let Some(index) = self.claim(seat) {
                // SAFETY: this thread holds a part of the round that is under way, so `part` was written before the
                // ticket that it claimed from, and stays until this part is completed.
                let part = self.part.with(|place| unsafe { *place });
                self.attempt(part, index);
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
    if cfg!(all(test, typednet_loom)) || spins.is_multiple_of(256) {
        yield_now();
    } else {
        spin_loop();
    }
}
