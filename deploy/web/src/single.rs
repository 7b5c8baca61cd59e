//! Memory that one caller at a time may change.

use core::cell::UnsafeCell;
use core::sync::atomic::AtomicBool;
use core::sync::atomic::Ordering::{Acquire, Release};

/// A value in a static that one caller at a time may change.
pub(crate) struct Single<T> {
    value: UnsafeCell<T>,
    lent: AtomicBool,
}

// SAFETY: `lent` lends the value to one caller at a time, on whichever thread: a module of WebAssembly without the feature `atomics` has
// one, but a program for another machine that calls these functions may have several.
unsafe impl<T: Send> Sync for Single<T> {}

impl<T> Single<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { value: UnsafeCell::new(value), lent: AtomicBool::new(false) }
    }

    /// Lends the value to `work`.
    ///
    /// # Panics
    /// If it is lent already.
    pub(crate) fn lend<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        assert!(!self.lent.swap(true, Acquire), "it is lent already");
        // SAFETY: `lent` was not set, so nobody else has the value, and nobody gets it before it is given back below.
        let result = work(unsafe { &mut *self.value.get() });
        self.lent.store(false, Release);
        result
    }

    /// The address of a part, which the page reads and writes between calls, when nothing is lent.
    pub(crate) fn address<P>(&self, part: impl FnOnce(&mut T) -> P) -> P {
        self.lend(part)
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::thread;

    use super::*;

    #[test]
    fn what_is_lent_is_refused_to_others_and_to_other_threads() {
        let single = Single::new([0_u8; 2]);
        let is_refused = || catch_unwind(AssertUnwindSafe(|| single.lend(|_| ()))).is_err();
        single.lend(|value| {
            value[1] = 7;
            assert!(is_refused());
            thread::scope(|scope| assert!(scope.spawn(is_refused).join().is_ok_and(|refused| refused)));
        });
        assert!(!is_refused());
        assert_eq!(single.lend(|value| *value), [0, 7]);
    }
}
