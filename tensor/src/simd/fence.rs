//! The fence behind stores that go past the caches.

use core::arch::x86_64::_mm_sfence;

/// Puts what this thread has streamed before everything that it writes afterwards.
#[inline(always)]
pub(super) fn fence() {
    // SAFETY: every processor of this architecture has it.
    unsafe { _mm_sfence() }
    #[cfg(test)]
    tests::FENCED.set(true);
}

/// Says to the tests that there are stores which no fence stands behind yet.
#[inline(always)]
pub(super) fn streamed() {
    #[cfg(test)]
    tests::FENCED.set(false);
}

/// A thread sees its own stores in their order, with the fence and without it, so that only this tells of a missing one.
#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;

    std::thread_local! {
        /// Whether a fence stands behind all that this thread has streamed; nothing before the first of either.
        pub(in crate::simd) static FENCED: Cell<bool> = const { Cell::new(false) };
    }
}
