//! What a head gives.

use super::MultiHead;
use super::head::{Head, KEYS, QUERIES, TILE, product};
use super::scores::{Exponentials, Place, Scale, unknown};
use crate::Scalar;
use crate::conv::turn_matrix;
use crate::matmul::{MatMut, MatRef};
use crate::simd::Lane;

/// `context` ← softmax(Q·Kᵀ/√w)·V, and into `kept` the largest score of each query, and behind them 1/Σ e^((score −
/// largest)/√w) of each.
pub(super) fn head<T: Scalar>(
    lane: Lane,
    head: &Head<'_, T>,
    mut context: MatMut<'_, T>,
    mut kept: Option<&mut [T]>,
    turned: &mut [T],
    tile: &mut [T; TILE],
) {
    let heads = head.heads;
    let &MultiHead { queries, keys: all_keys, head_width, .. } = heads;
    turn_matrix(lane, head.keys, MatMut::new(turned, head_width, all_keys));
    let turned = MatRef::new(turned, head_width, all_keys);
    for query in (0..queries).step_by(QUERIES) {
        let rows = QUERIES.min(queries - query);
        let mut known = unknown::<T>();
        let known = &mut known[..rows];
        let mut context = context.rows_mut(query..query + rows);
        let seen = heads.seen(query + rows - 1);
        for key in (0..seen).step_by(KEYS) {
            let keys = KEYS.min(seen - key);
            let tile = &mut tile[..rows * keys];
            let matrices = (head.queries.rows(query..query + rows), turned.columns(key..key + keys));
            product(lane, matrices, MatMut::new(tile, rows, keys), false);
            T::dispatch_on(lane, Exponentials { place: Place { heads, query, key, keys }, tile, known });
            if key > 0 {
                let rows = context.rows_mut(0..rows);
                T::dispatch_on(lane, Scale { rows, known, factor: |known| known.shrunk });
            }
            let matrices = (MatRef::new(tile, rows, keys), head.values.rows(key..key + keys));
            product(lane, matrices, context.rows_mut(0..rows), key > 0);
        }
        T::dispatch_on(lane, Scale { rows: context, known, factor: |known| known.sum.recip() });
        if let Some(kept) = &mut kept {
            let (largest, inverse) = kept.split_at_mut(queries);
            for ((known, largest), inverse) in known.iter().zip(&mut largest[query..]).zip(&mut inverse[query..]) {
                (*largest, *inverse) = (known.largest, known.sum.recip());
            }
        }
    }
}
