//! Alignment to cache lines.

use core::ops::{Deref, DerefMut};

/// A value that starts on a cache line, so that vector loads do not straddle two.
///
/// ```
/// use typednet_tensor::Aligned;
///
/// static SPACE: Aligned<[f32; 3]> = Aligned([0.0; 3]);
/// assert_eq!(SPACE.as_ptr().align_offset(64), 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C, align(64))]
pub struct Aligned<T>(pub T);

impl<T> Deref for Aligned<T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Aligned<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}
