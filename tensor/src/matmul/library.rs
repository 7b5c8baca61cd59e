//! Products by `matrixmultiply`.

use super::matrix::{MatMut, MatRef};
use super::product::inner;
use crate::Scalar;

/// C ← f(A·B + bias), as [`Product`](super::Product), or C ← f(C + A·B) where it is put onto what C has.
///
/// Each element is one sum in order within blocks of the inner size, and the blocks' sums are added in order: where C is
/// cut does not change a bit.
pub(super) fn product<T: Scalar>(
    (a, b): (MatRef<'_, T>, MatRef<'_, T>),
    bias: Option<&[T]>,
    onto: bool,
    mut c: MatMut<'_, T>,
    relu: bool,
) {
    let (m, inner, n) = inner(&a, &b, &c);
    if let Some(bias) = bias {
        (0..m).for_each(|i| c.row_mut(i).copy_from_slice(bias));
    }
    let stride = isize::try_from(c.row_stride()).expect("a matrix is no longer than memory");
    let beta = if onto || bias.is_some() { T::one() } else { T::ZERO };
    // SAFETY: A is m×inner and B inner×n, whose elements are there, and C is m×n, borrowed uniquely.
    unsafe {
        T::gemm(
            (m, inner, n),
            (a.elements.as_ptr(), a.row_stride.cast_signed(), a.column_stride.cast_signed()),
            (b.elements.as_ptr(), b.row_stride.cast_signed(), b.column_stride.cast_signed()),
            beta,
            (c.as_mut_ptr(), stride, 1),
        );
    }
    if relu {
        for i in 0..m {
            for z in c.row_mut(i) {
                // In this order NaN stays NaN.
                *z = if *z < T::ZERO { T::ZERO } else { *z };
            }
        }
    }
}
