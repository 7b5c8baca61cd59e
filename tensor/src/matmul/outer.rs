//! xᵀ·δ for one row: every row of the result is δ times a number.

use super::matrix::MatMut;
use crate::Scalar;
use crate::simd::{Kernel, Simd};

/// D ← xᵀ·δ; see [`weight_gradient`](super::weight_gradient).
pub(super) struct Outer<'a, T> {
    pub(super) x: &'a [T],
    pub(super) delta: &'a [T],
    pub(super) d: MatMut<'a, T>,
}

impl<T: Scalar> Kernel<T> for Outer<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, delta, mut d } = self;
        let (whole, rest) = delta.split_at(delta.len() / S::LANES * S::LANES);
        let last = s.load_part(rest, T::ZERO);
        for (i, x) in x.iter().enumerate() {
            let x = s.splat(*x);
            let (to, to_rest) = d.row_mut(i).split_at_mut(whole.len());
            for (to, delta) in to.chunks_exact_mut(S::LANES).zip(whole.chunks_exact(S::LANES)) {
                s.store(s.mul(x, s.load(delta)), to);
            }
            if !rest.is_empty() {
                s.store_part(s.mul(x, last), to_rest);
            }
        }
    }
}
