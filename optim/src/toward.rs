//! Means that are moved toward new values.

use typednet_tensor::simd::{Simd, Zip, zip};
use typednet_tensor::{Parallel, Scalar, split_elements};

/// y ← y + a·(x − y), which is y where x is.
#[inline(never)]
pub(crate) fn move_toward<T: Scalar>(a: T, x: &[T], y: &mut [T], parallel: Parallel<'_>) {
    assert_eq!(x.len(), y.len(), "a mean has the length of what it is moved toward");
    split_elements(parallel, y, |at, y| zip(Toward(a), &x[at..at + y.len()], y));
}

struct Toward<T>(T);

impl<T: Scalar> Zip<T> for Toward<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, x: S::V, y: S::V) -> S::V {
        s.mul_add(s.splat(self.0), s.sub(x, y), y)
    }
}
