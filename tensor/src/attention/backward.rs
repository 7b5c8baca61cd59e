//! The gradient of what a head reads.

use super::MultiHead;
use super::head::{Head, KEYS, QUERIES, TILE, product};
use super::scores::{Backward, Place, RowProducts};
use crate::Scalar;
use crate::conv::turn_matrix;
use crate::matmul::{MatMut, MatRef};
use crate::simd::Lane;

/// What the forward pass has left, and the gradient of what it gave.
pub(super) struct Left<'a, T> {
    /// The head's columns, a row for each step.
    pub(super) context: MatRef<'a, T>,
    pub(super) d_context: MatRef<'a, T>,
    /// As the forward pass writes it.
    pub(super) kept: &'a [T],
}

/// The gradients of queries, keys and values; [`backward`](super::backward) has the formulas.
pub(super) fn head<T: Scalar>(
    lane: Lane,
    head: &Head<'_, T>,
    left: &Left<'_, T>,
    [mut d_q, mut d_k, mut d_v]: [MatMut<'_, T>; 3],
    scratch: &mut [T],
    [scores, gradients]: &mut [[T; TILE]; 2],
) {
    let heads = head.heads;
    let &MultiHead { queries: all_queries, keys: all_keys, head_width: width, .. } = heads;
    let (context, d_context) = (left.context, left.d_context);
    let (turned_keys, turned_values) = scratch.split_at_mut(all_keys * width);
    turn_matrix(lane, head.keys, MatMut::new(turned_keys, width, all_keys));
    turn_matrix(lane, head.values, MatMut::new(turned_values, width, all_keys));
    let (turned_keys, turned_values) =
        (MatRef::new(turned_keys, width, all_keys), MatRef::new(turned_values, width, all_keys));
    for step in 0..all_keys {
        d_k.row_mut(step).fill(T::ZERO);
        d_v.row_mut(step).fill(T::ZERO);
    }
    let (largest, inverse) = left.kept.split_at(all_queries);
    for query in (0..all_queries).step_by(QUERIES) {
        let rows = QUERIES.min(all_queries - query);
        let mut means = [T::ZERO; QUERIES];
        let means = &mut means[..rows];
        let (queries, d_context) = (head.queries.rows(query..query + rows), d_context.rows(query..query + rows));
        T::dispatch_on(lane, RowProducts { context: context.rows(query..query + rows), d_context, means });
        let mut d_q = d_q.rows_mut(query..query + rows);
        let (largest, inverse) = (&largest[query..query + rows], &inverse[query..query + rows]);
        let seen = heads.seen(query + rows - 1);
        for key in (0..seen).step_by(KEYS) {
            let keys = KEYS.min(seen - key);
            let (scores, gradients) = (&mut scores[..rows * keys], &mut gradients[..rows * keys]);
            let seen_keys = key..key + keys;
            let matrices = (queries, turned_keys.columns(seen_keys.clone()));
            product(lane, matrices, MatMut::new(scores, rows, keys), false);
            let matrices = (d_context, turned_values.columns(seen_keys.clone()));
            product(lane, matrices, MatMut::new(gradients, rows, keys), false);
            let place = Place { heads, query, key, keys };
            T::dispatch_on(lane, Backward { place, scores, gradients, largest, inverse, means });
            let (scores, gradients) = (MatRef::new(scores, rows, keys), MatRef::new(gradients, rows, keys));
            product(lane, (scores.transposed(), d_context), d_v.rows_mut(seen_keys.clone()), true);
            product(lane, (gradients.transposed(), queries), d_k.rows_mut(seen_keys.clone()), true);
            product(lane, (gradients, head.keys.rows(seen_keys)), d_q.rows_mut(0..rows), key > 0);
        }
    }
}
