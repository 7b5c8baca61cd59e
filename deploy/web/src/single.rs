//! Memory for a program of one thread.

use core::cell::{Cell, UnsafeCell};

/// A value in a static that one caller at a time may change.
pub(crate) struct Single<T> {
    value: UnsafeCell<T>,
    lent: Cell<bool>,
}

// SAFETY: a module of WebAssembly without the feature `atomics` has one thread. In a test on another machine, which has several,
// each test uses statics of its own.
unsafe impl<T> Sync for Single<T> {}

impl<T> Single<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { value: UnsafeCell::new(value), lent: Cell::new(false) }
    }

    /// Lends the value to `work`.
    ///
    /// # Panics
    /// If it is lent already.
    pub(crate) fn lend<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        assert!(!self.lent.replace(true), "it is lent already");
        // SAFETY: there is one thread, and `lent` says that nobody else on it has the value.
        let result = work(unsafe { &mut *self.value.get() });
        self.lent.set(false);
        result
    }

    /// The address of a part, which the page reads and writes between calls, when nothing is lent.
    pub(crate) fn address<P>(&self, part: impl FnOnce(&mut T) -> P) -> P {
        self.lend(part)
    }
}
