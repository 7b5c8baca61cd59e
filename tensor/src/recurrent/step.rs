//! What the steps of all recurrent layers share: their products, and how sequences are cut for threads.

use super::Sizes;
use crate::conv::turn_matrix;
use crate::matmul::{self, MatMut, MatRef, part_of_product};
use crate::parallel::{LEAST_PART, split_rows, split_together};
use crate::simd::{Chosen, chosen};
use crate::{Parallel, Scalar};

/// The passes over `rows` sequences: what a part of them computes does not depend on how they are cut.
#[derive(Clone, Copy)]
pub(super) struct Steps {
    pub(super) sizes: Sizes,
    pub(super) rows: usize,
    pub(super) chosen: Chosen,
}

impl Steps {
    pub(super) fn new(sizes: Sizes, rows: usize) -> Self {
        Self { sizes, rows, chosen: chosen() }
    }

    /// How many elements the states behind all steps of a sequence have.
    pub(super) fn outputs(&self) -> usize {
        self.sizes.steps * self.sizes.width
    }

    /// How many elements all states of a sequence have, with the one before the first step where that is given.
    pub(super) fn states(&self) -> usize {
        self.at(self.sizes.steps)
    }

    /// Where among them the state behind step `t` begins.
    pub(super) fn at(&self, t: usize) -> usize {
        (t + usize::from(self.sizes.is_given)) * self.sizes.width
    }

    /// Where among them the state before step `t` begins, if it is not 0.
    pub(super) fn before(&self, t: usize) -> Option<usize> {
        self.at(t).checked_sub(self.sizes.width)
    }

    /// C ← X·W + b, or C ← C + X·W without b.
    pub(super) fn product<T: Scalar>(&self, x: MatRef<'_, T>, weight: &[T], bias: Option<&[T]>, c: MatMut<'_, T>) {
        let weight = MatRef::new(weight, x.ncols(), c.ncols());
        part_of_product(self.chosen, self.rows, (x, weight), bias, c);
    }

    /// Calls `work` with the first sequence and the data of each thread's part of them; all cost so many operations.
    pub(super) fn split<const K: usize, T: Send>(
        &self,
        par: Parallel<'_>,
        gates: usize,
        data: [&mut [T]; K],
        work: impl Fn(usize, [&mut [T]; K]) + Sync,
    ) {
        if self.rows == 0 {
            return;
        }
        let Sizes { steps, inputs, width, .. } = self.sizes;
        let products = [self.rows, steps, inputs + width, gates * width, 2];
        let flops = products.into_iter().fold(1, usize::saturating_mul);
        let parts = matmul::parts(par, flops).clamp(1, self.rows);
        split_together(par, data, self.rows, self.rows.div_ceil(parts), work);
    }

    /// Into how many parts the sequences are cut for work that goes once over so many elements in all.
    pub(super) fn parts(&self, par: Parallel<'_>, elements: usize) -> usize {
        par.parts(elements, LEAST_PART).min(self.rows).max(1)
    }

    /// `to` ← Uᵀ, where U leads from the states to `columns` numbers.
    pub(super) fn turn<T: Scalar>(&self, state: &[T], columns: usize, to: &mut [T]) {
        let width = self.sizes.width;
        turn_matrix(self.chosen.lane, MatRef::new(state, width, columns), MatMut::new(to, columns, width));
    }

    /// ∂L/∂U = Σ over sequences and steps of hᵢ₋₁ᵀ·δᵢ: one product of all rows.
    ///
    /// `states` are those before each step where the first is given. Else they are those behind each, which the δ of the row behind
    /// meets; there the rows of the first steps, before which the last state of another sequence stands, are made zero.
    pub(super) fn state_gradient<T: Scalar>(
        &self,
        states: &[T],
        (delta, columns): (&mut [T], usize),
        d: &mut [T],
        par: Parallel<'_>,
    ) {
        let Sizes { steps, width, is_given, .. } = self.sizes;
        if delta.is_empty() {
            return d.fill(T::ZERO);
        }
        let d = MatMut::new(d, width, columns);
        if is_given {
            return matmul::weight_gradient(MatRef::of_rows(states, width), MatRef::of_rows(delta, columns), d, par);
        }
        let in_part = self.rows.div_ceil(self.parts(par, self.rows * columns));
        split_rows(par, delta, steps * columns, in_part, |_, delta| {
            for sequence in delta.chunks_exact_mut(steps * columns) {
                sequence[..columns].fill(T::ZERO);
            }
        });
        let before = &states[..states.len() - width];
        let (before, delta) = (MatRef::of_rows(before, width), MatRef::of_rows(&delta[columns..], columns));
        matmul::weight_gradient(before, delta, d, par);
    }
}
