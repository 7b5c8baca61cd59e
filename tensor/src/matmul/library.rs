//! Products by `matrixmultiply`.

use super::block::Block;
use super::product::Matrix;
use crate::Scalar;

/// C ← f(A·B + bias), as [`Product`](super::Product), or C ← f(C + A·B) where it is put onto what C has.
///
/// Each element is one sum in order within blocks of the inner size, and the blocks' sums are added in order: where C is
/// cut does not change a bit.
pub(super) fn product<T: Scalar>(
    (a, b): (Matrix<'_, T>, Matrix<'_, T>),
    bias: Option<&[T]>,
    onto: bool,
    mut c: Block<'_, T>,
    inner: usize,
    relu: bool,
) {
    let (m, n) = (c.rows(), c.columns());
    a.check(m, inner);
    b.check(inner, n);
    if let Some(bias) = bias {
        (0..m).for_each(|i| c.row_mut(i).copy_from_slice(bias));
    }
    let stride = isize::try_from(c.stride()).expect("a matrix is no longer than memory");
    let beta = if onto || bias.is_some() { T::one() } else { T::ZERO };
    // SAFETY: A and B have been checked to be m×inner and inner×n, and C is m×n, borrowed uniquely.
    unsafe {
        T::gemm(
            (m, inner, n),
            (a.elements.as_ptr(), a.row.cast_signed(), a.column.cast_signed()),
            (b.elements.as_ptr(), b.row.cast_signed(), b.column.cast_signed()),
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
