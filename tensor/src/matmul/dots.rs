//! Δ·Wᵀ for a few rows: a dot product for each element.

use super::matrix::{MatMut, MatRef};
use crate::Scalar;
use crate::simd::{Kernel, Simd};

/// D ← Δ·Wᵀ; see [`input_gradient`](super::input_gradient).
pub(super) struct Dots<'a, T> {
    pub(super) delta: MatRef<'a, T>,
    pub(super) w: MatRef<'a, T>,
    pub(super) d: MatMut<'a, T>,
}

/// How many rows of W are worked on at a time.
const ROWS: usize = 4;

impl<T: Scalar> Kernel<T> for Dots<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { delta, w, mut d } = self;
        for i in 0..d.nrows() {
            let delta = delta.row(i);
            let mut some = d.row_mut(i).chunks_exact_mut(ROWS);
            let mut first = 0;
            for d in &mut some {
                d.copy_from_slice(&dots::<T, S, ROWS>(s, delta, w, first));
                first += ROWS;
            }
            for d in some.into_remainder() {
                [*d] = dots::<T, S, 1>(s, delta, w, first);
                first += 1;
            }
        }
    }
}

/// The products of `delta` with each of `COUNT` rows of `w`, from the first of them on.
#[inline(always)]
fn dots<T: Scalar, S: Simd<T>, const COUNT: usize>(s: S, delta: &[T], w: MatRef<'_, T>, first: usize) -> [T; COUNT] {
    let (n, stride) = (delta.len(), w.row_stride);
    let w = &w.elements[first * stride..][..(COUNT - 1) * stride + n];
    let mut sums = [s.splat(T::ZERO); COUNT];
    let mut j = 0;
    while j + S::LANES <= n {
        let x = s.load(&delta[j..]);
        for (i, sum) in sums.iter_mut().enumerate() {
            // SAFETY: row i of `COUNT` rows of n elements, `stride` apart, and j + LANES ≤ n.
            *sum = s.mul_add(x, unsafe { s.load_at(w.as_ptr().add(i * stride + j)) }, *sum);
        }
        j += S::LANES;
    }
    if j < n {
        let (x, part) = (s.load_part(&delta[j..], T::ZERO), s.part(n - j));
        for (i, sum) in sums.iter_mut().enumerate() {
            // SAFETY: row i of `COUNT` rows of n elements, `stride` apart, and the part is what is left of it.
            *sum = s.mul_add(x, unsafe { s.load_part_at(w.as_ptr().add(i * stride + j), part) }, *sum);
        }
    }
    let mut all = [T::ZERO; COUNT];
    for (all, &sum) in all.iter_mut().zip(&sums) {
        *all = s.sum(sum);
    }
    all
}
