//! One head of one sample, and the products over its tiles.

use super::MultiHead;
use crate::Scalar;
use crate::conv::turn_matrix;
use crate::matmul::{Block, Matrix, Product, run_product};
use crate::simd::Lane;

/// How many queries a tile has: four tiles of the register kernel.
pub(super) const QUERIES: usize = 24;

/// How many keys a tile has at most.
pub(super) const KEYS: usize = 256;

/// The numbers of a tile.
pub(super) const TILE: usize = QUERIES * KEYS;

/// Queries, keys and values of a head: rows that are `stride` apart.
#[derive(Clone, Copy)]
pub(super) struct Head<'a, T> {
    pub(super) heads: &'a MultiHead,
    pub(super) queries: Rows<'a, T>,
    pub(super) keys: Rows<'a, T>,
    pub(super) values: Rows<'a, T>,
}

/// Rows that are `stride` apart, of `width` elements each.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a, T> {
    pub(super) elements: &'a [T],
    pub(super) stride: usize,
    pub(super) width: usize,
}

impl<'a, T: Scalar> Head<'a, T> {
    /// The head whose columns begin at `column`, of a sample.
    pub(super) fn new(heads: &'a MultiHead, qkv: &'a [T], column: usize) -> Self {
        let (width, stride) = (heads.width(), 3 * heads.width());
        let third = |which: usize| Rows { elements: &qkv[which * width + column..], stride, width: heads.head_width };
        Self { heads, queries: third(0), keys: third(1), values: third(2) }
    }
}

impl<'a, T: Scalar> Rows<'a, T> {
    /// The rows from `first` on, as a matrix.
    pub(super) fn from(self, first: usize) -> Matrix<'a, T> {
        Matrix { elements: &self.elements[first * self.stride..], row: self.stride, column: 1 }
    }

    /// Row `i`.
    #[inline(always)]
    pub(super) fn row(self, i: usize) -> &'a [T] {
        &self.elements[i * self.stride..][..self.width]
    }

    /// Element (i, j) to place (j, i) of `to`, for all `count` rows.
    pub(super) fn turn(self, lane: Lane, count: usize, to: &mut [T]) {
        turn_matrix(lane, (self.elements, self.stride), (to, count), (count, self.width));
    }
}

/// A tile as a matrix with a row for each query.
pub(super) fn by_query<T>(tile: &[T], keys: usize) -> Matrix<'_, T> {
    Matrix { elements: tile, row: keys, column: 1 }
}

/// A tile as a matrix with a row for each key.
pub(super) fn by_key<T>(tile: &[T], keys: usize) -> Matrix<'_, T> {
    Matrix { elements: tile, row: 1, column: keys }
}

/// The columns from `first` on of a matrix of `width` rows and `columns` columns.
pub(super) fn columns_from<T>(turned: &[T], columns: usize, first: usize) -> Matrix<'_, T> {
    Matrix { elements: &turned[first..], row: columns, column: 1 }
}

/// C ← A·B over `inner` elements, or C ← C + A·B.
pub(super) fn product<T: Scalar>(
    lane: Lane,
    matrices: (Matrix<'_, T>, Matrix<'_, T>),
    c: Block<'_, T>,
    inner: usize,
    adds: bool,
) {
    let product = Product::new(matrices, None, c, inner, false);
    if adds {
        run_product(lane, product.onto());
    } else {
        run_product(lane, product);
    }
}
