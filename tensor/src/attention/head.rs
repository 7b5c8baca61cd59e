//! One head of one sample, and the products over its tiles.

use super::MultiHead;
use crate::Scalar;
use crate::matmul::{MatMut, MatRef, Product, run_product};
use crate::simd::Lane;

/// How many queries a tile has: four tiles of the register kernel.
pub(super) const QUERIES: usize = 24;

/// How many keys a tile has at most.
pub(super) const KEYS: usize = 256;

/// The numbers of a tile.
pub(super) const TILE: usize = QUERIES * KEYS;

/// Queries, keys and values of a head, a row for each step.
#[derive(Clone, Copy)]
pub(super) struct Head<'a, T> {
    pub(super) heads: &'a MultiHead,
    pub(super) queries: MatRef<'a, T>,
    pub(super) keys: MatRef<'a, T>,
    pub(super) values: MatRef<'a, T>,
}

/// C ← A·B, or C ← C + A·B.
pub(super) fn product<T: Scalar>(lane: Lane, matrices: (MatRef<'_, T>, MatRef<'_, T>), c: MatMut<'_, T>, adds: bool) {
    let product = Product::new(matrices, None, c, false);
    if adds {
        run_product(lane, product.onto());
    } else {
        run_product(lane, product);
    }
}
