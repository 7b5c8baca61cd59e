//! How many steps of each sample of a batch count.

use core::fmt;

use typednet_tensor::{Padded, Steps};

/// How many steps of each sample of a batch count: [`PassContext::lengths`](crate::PassContext::lengths).
pub trait Lengths: fmt::Debug + Sync {
    /// That of one sample, which is at least 1.
    fn length(&self, sample: usize) -> usize;
}

/// Those of a batch.
pub(crate) struct LengthsOf<'a, X: Steps>(pub(crate) &'a [Padded<X>]);

impl<X: Steps> Lengths for LengthsOf<'_, X> {
    fn length(&self, sample: usize) -> usize {
        self.0[sample].length()
    }
}

impl<X: Steps> fmt::Debug for LengthsOf<'_, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(Padded::length)).finish()
    }
}

/// That of the one sample of a batch.
#[cfg(feature = "alloc")]
#[derive(Debug)]
pub(crate) struct OfOne(pub(crate) usize);

#[cfg(feature = "alloc")]
impl Lengths for OfOne {
    fn length(&self, _: usize) -> usize {
        self.0
    }
}
