//! Loops over a tile: scores become weights, and their gradient.

use super::MultiHead;
use super::head::QUERIES;
use crate::Scalar;
use crate::matmul::{MatMut, MatRef};
use crate::simd::row::{load, store};
use crate::simd::{Kernel, Simd};

/// Where a tile stands among the queries and keys of its head.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) heads: &'a MultiHead,
    /// Its first query.
    pub(super) query: usize,
    /// Its first key.
    pub(super) key: usize,
    /// How many keys it has.
    pub(super) keys: usize,
}

impl Place<'_> {
    /// How many keys of the tile its query `row` sees, from the first on.
    #[inline(always)]
    fn seen(&self, row: usize) -> usize {
        self.heads.seen(self.query + row).saturating_sub(self.key).min(self.keys)
    }
}

/// What is known of a query after some keys.
#[derive(Clone, Copy)]
pub(super) struct Known<T> {
    /// The largest score.
    pub(super) largest: T,
    /// Σ e^((score − largest)/√w)
    pub(super) sum: T,
    /// What its sum, and what it has of values, were multiplied with when the largest score grew.
    pub(super) shrunk: T,
}

/// Of no key.
pub(super) fn unknown<T: Scalar>() -> [Known<T>; QUERIES] {
    [Known { largest: T::LOWEST, sum: T::ZERO, shrunk: T::ZERO }; QUERIES]
}

/// Scores become e^((score − largest)/√w), and 0 where a query does not see the key.
pub(super) struct Exponentials<'a, T> {
    pub(super) place: Place<'a>,
    pub(super) tile: &'a mut [T],
    pub(super) known: &'a mut [Known<T>],
}

impl<T: Scalar> Kernel<T> for Exponentials<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { place, tile, known } = self;
        let scale = place.heads.scale::<T>();
        for (row, (tile, known)) in tile.chunks_exact_mut(place.keys).zip(known).enumerate() {
            let (tile, unseen) = tile.split_at_mut(place.seen(row));
            unseen.fill(T::ZERO);
            let mut largest = s.splat(known.largest);
            for scores in tile.chunks(S::LANES) {
                largest = s.max(largest, load(s, scores, T::LOWEST));
            }
            let largest = s.largest(largest);
            // Of no key there is nothing to shrink.
            let is_first = place.key == 0;
            let is_same = is_first || largest == known.largest;
            known.shrunk = if is_same { T::one() } else { ((known.largest - largest) * scale).exp() };
            known.largest = largest;
            let (origin, factor, mut sum) = (s.splat(largest), s.splat(scale), s.splat(T::ZERO));
            for scores in tile.chunks_mut(S::LANES) {
                let e = s.exp(s.mul(s.sub(load(s, scores, T::LOWEST), origin), factor));
                sum = s.add(sum, e);
                store(s, e, scores);
            }
            known.sum = known.sum * known.shrunk + s.sum(sum);
        }
    }
}

/// Scores become weights P, and ∂L/∂P becomes ∂L/∂S/√w = P ⊙ (∂L/∂P − d)/√w; both 0 where a query does not see the key.
pub(super) struct Backward<'a, T> {
    pub(super) place: Place<'a>,
    pub(super) scores: &'a mut [T],
    pub(super) gradients: &'a mut [T],
    /// The largest score of each query.
    pub(super) largest: &'a [T],
    /// 1/Σ e^((score − largest)/√w) of each.
    pub(super) inverse: &'a [T],
    /// d of each.
    pub(super) means: &'a [T],
}

impl<T: Scalar> Kernel<T> for Backward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { place, scores, gradients, largest, inverse, means } = self;
        let factor = s.splat(place.heads.scale::<T>());
        let tiles = scores.chunks_exact_mut(place.keys).zip(gradients.chunks_exact_mut(place.keys));
        let known = largest.iter().zip(inverse).zip(means);
        for (row, ((scores, gradients), ((largest, inverse), mean))) in tiles.zip(known).enumerate() {
            let seen = place.seen(row);
            let ((scores, unseen), (gradients, of_unseen)) = (scores.split_at_mut(seen), gradients.split_at_mut(seen));
            unseen.fill(T::ZERO);
            of_unseen.fill(T::ZERO);
            let (origin, inverse, mean) = (s.splat(*largest), s.splat(*inverse), s.splat(*mean));
            for (scores, gradients) in scores.chunks_mut(S::LANES).zip(gradients.chunks_mut(S::LANES)) {
                let e = s.exp(s.mul(s.sub(load(s, scores, T::LOWEST), origin), factor));
                let p = s.mul(e, inverse);
                let difference = s.sub(load(s, gradients, T::ZERO), mean);
                store(s, s.mul(s.mul(p, difference), factor), gradients);
                store(s, p, scores);
            }
        }
    }
}

/// What queries have of values, times the factor of each.
pub(super) struct Scale<'a, T> {
    pub(super) rows: MatMut<'a, T>,
    pub(super) known: &'a [Known<T>],
    pub(super) factor: fn(&Known<T>) -> T,
}

impl<T: Scalar> Kernel<T> for Scale<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { mut rows, known, factor } = self;
        for (row, known) in known.iter().enumerate() {
            let factor = s.splat(factor(known));
            for numbers in rows.row_mut(row).chunks_mut(S::LANES) {
                store(s, s.mul(load(s, numbers, T::ZERO), factor), numbers);
            }
        }
    }
}

/// dᵢ = ∂L/∂Yᵢ·Yᵢ for each query, a row of both.
pub(super) struct RowProducts<'a, T> {
    pub(super) context: MatRef<'a, T>,
    pub(super) d_context: MatRef<'a, T>,
    pub(super) means: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for RowProducts<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        for (row, mean) in self.means.iter_mut().enumerate() {
            let (y, dy) = (self.context.row(row), self.d_context.row(row));
            let mut sum = s.splat(T::ZERO);
            for (y, dy) in y.chunks(S::LANES).zip(dy.chunks(S::LANES)) {
                sum = s.mul_add(load(s, y, T::ZERO), load(s, dy, T::ZERO), sum);
            }
            *mean = s.sum(sum);
        }
    }
}
