//! Whole and short vectors alike, for loops over the columns of rows.

use typednet_tensor::simd::Simd;
use typednet_tensor::{RowParts, Scalar};

/// So many rows are summed one after the other, then the sums of blocks.
pub(crate) const BLOCK: usize = RowParts::BLOCK;

/// The elements of `x`, at most a vector of them, and `fill` behind them.
#[inline(always)]
pub(crate) fn load<T: Scalar, S: Simd<T>>(s: S, x: &[T], fill: T) -> S::V {
    if x.len() == S::LANES { s.load(x) } else { s.load_part(x, fill) }
}

/// Writes as many elements of `v` as `to` has.
#[inline(always)]
pub(crate) fn store<T: Scalar, S: Simd<T>>(s: S, v: S::V, to: &mut [T]) {
    if to.len() == S::LANES { s.store(v, to) } else { s.store_part(v, to) }
}

/// The columns 0 to `n`, a vector at a time.
#[inline(always)]
pub(crate) fn columns<T: Scalar, S: Simd<T>>(_: S, n: usize) -> impl Iterator<Item = core::ops::Range<usize>> {
    (0..n).step_by(S::LANES).map(move |first| first..n.min(first + S::LANES))
}
