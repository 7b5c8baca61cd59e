//! Weights as the input gradient reads them: inputs side by side, and the kernel's last element first.

use super::plan::Plan;
use crate::Scalar;
use crate::matmul::{MatMut, MatRef};
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
                    let from = MatRef::strided(&from[group * in_group..], inputs, in_group, outputs);
                    transpose(s, from, MatMut::strided(&mut to[group * inputs..], in_group, inputs, channels));
                }
            }
        }
    }
    assert_eq!(weight.len(), to.len());
    T::dispatch_on(lane, Turn(plan, weight, to));
}

/// `to` ← the transpose of a matrix whose rows are slices.
///
/// # Panics
/// If `to` has not a row for each column and a column for each row, or `from` is a transposed view.
pub(crate) fn turn_matrix<T: Scalar>(lane: Lane, from: MatRef<'_, T>, to: MatMut<'_, T>) {
    struct Turn<'a, T>(MatRef<'a, T>, MatMut<'a, T>);
    impl<T: Scalar> Kernel<T> for Turn<'_, T> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) {
            let Self(from, to) = self;
            transpose(s, from, to);
        }
    }
    T::dispatch_on(lane, Turn(from, to));
}

/// [`turn_matrix`]
#[inline(always)]
fn transpose<T: Scalar, S: Simd<T>>(s: S, from: MatRef<'_, T>, mut to: MatMut<'_, T>) {
    let (rows, columns) = (from.nrows(), from.ncols());
    assert!((to.nrows(), to.ncols()) == (columns, rows), "a transposed matrix has a row for each column");
    let (to_row, to) = (to.row_stride(), to.as_mut_ptr());
    let (from_row, from) = (from.row_stride(), from.as_ptr());
    // Whole blocks first, then what is left at the right and at the bottom.
    let (tall, wide) = (rows / S::BLOCK * S::BLOCK, columns / S::BLOCK * S::BLOCK);
    for i in (0..tall).step_by(S::BLOCK) {
        for j in (0..wide).step_by(S::BLOCK) {
            // SAFETY: the rows i to i + BLOCK ≤ `rows`, columns j to j + BLOCK ≤ `columns` of the first, and of the second its rows j
            // to j + BLOCK, columns i to i + BLOCK, which is borrowed uniquely.
            unsafe { s.transpose_at(from.add(i * from_row + j), from_row, to.add(j * to_row + i), to_row) };
        }
    }
    for i in 0..rows {
        for j in if i < tall { wide } else { 0 }..columns {
            // SAFETY: i < `rows` and j < `columns`: element (i, j) of the first, and (j, i) of the second.
            unsafe { *to.add(j * to_row + i) = *from.add(i * from_row + j) };
        }
    }
}
