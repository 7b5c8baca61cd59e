//! Means that are moved toward new values.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Simd, Zip, zip};

/// y ← y + a·(x − y), which is y where x is.
#[inline(never)]
pub(crate) fn move_toward<T: Scalar>(a: T, x: &[T], y: &mut [T]) {
    zip(Toward(a), x, y);
}

struct Toward<T>(T);

impl<T: Scalar> Zip<T> for Toward<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, x: S::V, y: S::V) -> S::V {
        s.mul_add(s.splat(self.0), s.sub(x, y), y)
    }
}
