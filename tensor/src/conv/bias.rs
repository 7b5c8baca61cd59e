//! The bias's gradient: the sum of δ over all pixels.

use core::ops::Range;

use crate::Scalar;
use crate::simd::{Kernel, Lane, Simd};

/// Pixels that are added up side by side, since an addition takes as many cycles.
const SIDE_BY_SIDE: usize = 4;

/// `sums` ← the sums of the outputs `columns` over all pixels of `delta`, which have `outputs` each.
pub(super) fn sums_over_pixels<T: Scalar>(
    lane: Lane,
    delta: &[T],
    outputs: usize,
    columns: Range<usize>,
    sums: &mut [T],
) {
    struct Sums<'a, T>(&'a [T], usize, usize, &'a mut [T]);
    impl<T: Scalar> Kernel<T> for Sums<'_, T> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) {
            let Self(delta, outputs, left, sums) = self;
            for (i, sums) in sums.chunks_mut(S::LANES).enumerate() {
                let (left, part) = (left + i * S::LANES, s.part(sums.len()));
                let mut totals = [s.splat(T::ZERO); SIDE_BY_SIDE];
                let mut some = delta.chunks_exact(SIDE_BY_SIDE * outputs);
                for pixels in &mut some {
                    for (k, total) in totals.iter_mut().enumerate() {
                        // SAFETY: `pixels` are four of `outputs` elements, and the caller has seen to it that `left` and
                        // `sums.len()` more are at most that.
                        let x = unsafe { s.load_part_at(pixels.as_ptr().add(k * outputs + left), part) };
                        *total = s.add(*total, x);
                    }
                }
                for (pixel, total) in some.remainder().chunks_exact(outputs).zip(&mut totals) {
                    *total = s.add(*total, s.load_part(&pixel[left..left + sums.len()], T::ZERO));
                }
                let [a, b, c, d] = totals;
                s.store_part(s.add(s.add(a, b), s.add(c, d)), sums);
            }
        }
    }
    assert!(columns.end <= outputs && columns.len() == sums.len(), "{columns:?} of {outputs} outputs");
    T::dispatch_on(lane, Sums(delta, outputs, columns.start, sums));
}
