//! The gradient of what a head reads.

use super::head::{Head, KEYS, QUERIES, Rows, TILE, by_key, by_query, columns_from, product};
use super::scores::{Backward, Place, RowProducts};
use crate::Scalar;
use crate::matmul::Block;
use crate::simd::Lane;

/// What the forward pass has left, and the gradient of what it gave.
pub(super) struct Left<'a, T> {
    /// From the head's first column of the first step on.
    pub(super) context: &'a [T],
    pub(super) d_context: &'a [T],
    /// As the forward pass writes it.
    pub(super) kept: &'a [T],
}

/// The gradients of queries, keys and values; [`backward`](super::backward) has the formulas.
pub(super) fn head<T: Scalar>(
    lane: Lane,
    head: &Head<'_, T>,
    left: &Left<'_, T>,
    [mut d_q, mut d_k, mut d_v]: [Block<'_, T>; 3],
    scratch: &mut [T],
    [scores, gradients]: &mut [[T; TILE]; 2],
) {
    let (heads, steps, width) = (head.heads, head.heads.steps, head.heads.head_width);
    let rows_of = |elements| Rows { elements, stride: heads.width(), width };
    let (context, d_context) = (rows_of(left.context), rows_of(left.d_context));
    let (turned_keys, turned_values) = scratch.split_at_mut(steps * width);
    head.keys.turn(lane, steps, turned_keys);
    head.values.turn(lane, steps, turned_values);
    for step in 0..steps {
        d_k.row_mut(step).fill(T::ZERO);
        d_v.row_mut(step).fill(T::ZERO);
    }
    let (largest, inverse) = left.kept.split_at(steps);
    for query in (0..steps).step_by(QUERIES) {
        let rows = QUERIES.min(steps - query);
        let mut means = [T::ZERO; QUERIES];
        let means = &mut means[..rows];
        T::dispatch_on(lane, RowProducts { context, d_context, query, means });
        let mut d_q = d_q.rows_mut(query..query + rows);
        let (largest, inverse) = (&largest[query..query + rows], &inverse[query..query + rows]);
        let seen = heads.seen(query + rows - 1);
        for key in (0..seen).step_by(KEYS) {
            let keys = KEYS.min(seen - key);
            let (scores, gradients) = (&mut scores[..rows * keys], &mut gradients[..rows * keys]);
            let matrices = (head.queries.from(query), columns_from(turned_keys, steps, key));
            product(lane, matrices, Block::whole(scores, keys), width, false);
            let matrices = (d_context.from(query), columns_from(turned_values, steps, key));
            product(lane, matrices, Block::whole(gradients, keys), width, false);
            let place = Place { heads, query, key, keys };
            T::dispatch_on(lane, Backward { place, scores, gradients, largest, inverse, means });
            let matrices = (by_key(scores, keys), d_context.from(query));
            product(lane, matrices, d_v.rows_mut(key..key + keys), rows, true);
            let matrices = (by_key(gradients, keys), head.queries.from(query));
            product(lane, matrices, d_k.rows_mut(key..key + keys), rows, true);
            let matrices = (by_query(gradients, keys), head.keys.from(key));
            product(lane, matrices, d_q.rows_mut(0..rows), keys, key > 0);
        }
    }
}
