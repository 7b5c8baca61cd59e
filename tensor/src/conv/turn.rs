//! Weights as the input gradient reads them: inputs side by side, and the kernel's last element first.

use super::plan::Plan;
use crate::Scalar;
use crate::simd::{Kernel, Lane, Simd};

/// `[KH][KW][F / groups][C]`, the kernel from its last element to its first, from `[KH][KW][C / groups][F]`.
pub(super) fn turn<T: Scalar>(lane: Lane, plan: &Plan, weight: &[T], to: &mut [T]) {
    struct Turn<'a, T>(&'a Plan, &'a [T], &'a mut [T]);
    impl<T: Scalar> Kernel<T> for Turn<'_, T> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) {
            let Self(plan, weight, to) = self;
            let Plan { channels, outputs, channels_in_group: inputs, .. } = *plan;
            let (in_group, element) = (outputs / plan.c.groups, inputs * outputs);
            for (from, to) in weight.chunks_exact(element).zip(to.chunks_exact_mut(element).rev()) {
                if plan.groups.by_channel {
                    to.copy_from_slice(from);
                    continue;
                }
                for group in 0..plan.c.groups {
                    let (from, to) = (&from[group * in_group..], &mut to[group * inputs..]);
                    transpose(s, (from, outputs), (to, channels), (inputs, in_group));
                }
            }
        }
    }
    assert_eq!(weight.len(), to.len());
    T::dispatch_on(lane, Turn(plan, weight, to));
}

/// Element (i, j) of a matrix of `sizes`, whose rows are so far apart as stands beside it, to place (j, i).
pub(crate) fn turn_matrix<T: Scalar>(lane: Lane, from: (&[T], usize), to: (&mut [T], usize), sizes: (usize, usize)) {
    struct Turn<'a, T>((&'a [T], usize), (&'a mut [T], usize), (usize, usize));
    impl<T: Scalar> Kernel<T> for Turn<'_, T> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) {
            let Self(from, to, sizes) = self;
            transpose(s, from, to, sizes);
        }
    }
    T::dispatch_on(lane, Turn(from, to, sizes));
}

/// [`turn_matrix`]
#[inline(always)]
fn transpose<T: Scalar, S: Simd<T>>(
    s: S,
    (from, from_row): (&[T], usize),
    (to, to_row): (&mut [T], usize),
    (rows, columns): (usize, usize),
) {
    // Whole blocks first, then what is left at the right and at the bottom.
    let (tall, wide) = (rows / S::BLOCK * S::BLOCK, columns / S::BLOCK * S::BLOCK);
    for i in (0..tall).step_by(S::BLOCK) {
        for j in (0..wide).step_by(S::BLOCK) {
            let from = &from[i * from_row + j..][..(S::BLOCK - 1) * from_row + S::BLOCK];
            let to = &mut to[j * to_row + i..][..(S::BLOCK - 1) * to_row + S::BLOCK];
            // SAFETY: both slices have the elements of a block whose rows are so far apart.
            unsafe { s.transpose_at(from.as_ptr(), from_row, to.as_mut_ptr(), to_row) };
        }
    }
    for i in 0..rows {
        for j in if i < tall { wide } else { 0 }..columns {
            to[j * to_row + i] = from[i * from_row + j];
        }
    }
}
