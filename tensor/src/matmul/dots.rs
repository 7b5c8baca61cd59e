//! Δ·Wᵀ for a few rows: a dot product for each element.

use super::block::Block;
use crate::Scalar;
use crate::simd::{Kernel, Simd};

/// D ← Δ·Wᵀ; see [`input_gradient`](super::input_gradient).
pub(super) struct Dots<'a, T> {
    pub(super) delta: &'a [T],
    pub(super) w: &'a [T],
    pub(super) d: Block<'a, T>,
    pub(super) n: usize,
}

/// How many rows of W are worked on at a time.
const ROWS: usize = 4;

impl<T: Scalar> Kernel<T> for Dots<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { delta, w, mut d, n } = self;
        for (i, delta) in delta.chunks_exact(n).enumerate() {
            let mut some = d.row_mut(i).chunks_exact_mut(ROWS);
            let mut rows = w.chunks_exact(ROWS * n);
            for (d, w) in (&mut some).zip(&mut rows) {
                d.copy_from_slice(&dots::<T, S, ROWS>(s, delta, w));
            }
            for (d, w) in some.into_remainder().iter_mut().zip(rows.remainder().chunks_exact(n)) {
                [*d] = dots::<T, S, 1>(s, delta, w);
            }
        }
    }
}

/// The products of `delta` with each of `COUNT` rows of `w`.
#[inline(always)]
fn dots<T: Scalar, S: Simd<T>, const COUNT: usize>(s: S, delta: &[T], w: &[T]) -> [T; COUNT] {
    let n = delta.len();
    assert!(w.len() == COUNT * n);
    let mut sums = [s.splat(T::ZERO); COUNT];
    let mut j = 0;
    while j + S::LANES <= n {
        let x = s.load(&delta[j..]);
        for (i, sum) in sums.iter_mut().enumerate() {
            // SAFETY: row i of `COUNT` rows of n elements, and j + LANES ≤ n.
            *sum = s.mul_add(x, unsafe { s.load_at(w.as_ptr().add(i * n + j)) }, *sum);
        }
        j += S::LANES;
    }
    if j < n {
        let (x, part) = (s.load_part(&delta[j..], T::ZERO), s.part(n - j));
        for (i, sum) in sums.iter_mut().enumerate() {
            // SAFETY: row i of `COUNT` rows of n elements, and the part is what is left of it.
            *sum = s.mul_add(x, unsafe { s.load_part_at(w.as_ptr().add(i * n + j), part) }, *sum);
        }
    }
    let mut all = [T::ZERO; COUNT];
    for (all, sum) in all.iter_mut().zip(sums) {
        *all = s.sum(sum);
    }
    all
}
