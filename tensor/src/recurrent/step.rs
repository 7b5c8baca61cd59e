//! What the steps of all recurrent layers share: their products, and how sequences are cut for threads.

use super::Sizes;
use crate::matmul::{self, Addend, MatMut, MatRef, Repeated, panels_len, part_of_product};
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

    /// C ← X·W + what `addend` says.
    pub(super) fn product<T: Scalar>(
        &self,
        x: MatRef<'_, T>,
        weight: Repeated<'_, T>,
        addend: Addend<'_, T>,
        c: MatMut<'_, T>,
    ) {
        part_of_product(self.chosen, self.rows, (x, weight), addend, c);
    }

    /// W and U for the products of all steps of sequences that threads share, with copies in `memory`; a single sequence reads them where
    /// they stand, and needs none.
    pub(super) fn weights<'a, T: Scalar>(
        &self,
        [input, state]: [&'a [T]; 2],
        gates: usize,
        memory: &'a mut [T],
        par: Parallel<'_>,
    ) -> [Repeated<'a, T>; 2] {
        let Sizes { inputs, width, .. } = self.sizes;
        if self.rows <= 1 {
            return self.weights_in_place([input, state], gates);
        }
        assert!(memory.len() >= self.sizes.packed(gates), "the copies of the weights have room");
        let (for_input, for_state) = memory.split_at_mut(panels_len(inputs, gates * width));
        let rows = (self.rows, self.in_part(par, gates));
        [(input, inputs, for_input), (state, width, for_state)].map(|(weight, rows_of_it, memory)| {
            Repeated::new(self.chosen, MatRef::new(weight, rows_of_it, gates * width), rows, memory)
        })
    }

    /// W and U as they stand, for one step.
    pub(super) fn weights_in_place<'a, T: Scalar>(
        &self,
        [input, state]: [&'a [T]; 2],
        gates: usize,
    ) -> [Repeated<'a, T>; 2] {
        let Sizes { inputs, width, .. } = self.sizes;
        [(input, inputs), (state, width)]
            .map(|(weight, rows)| Repeated::InPlace(MatRef::new(weight, rows, gates * width)))
    }

    /// How many sequences a thread takes at a time.
    fn in_part(&self, par: Parallel<'_>, gates: usize) -> usize {
        let Sizes { steps, inputs, width, .. } = self.sizes;
        let products = [self.rows, steps, inputs + width, gates * width, 2];
        let flops = products.into_iter().fold(1, usize::saturating_mul);
        self.rows.div_ceil(matmul::parts(par, flops).clamp(1, self.rows.max(1)))
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
        split_together(par, data, self.rows, self.in_part(par, gates), work);
    }

    /// Into how many parts the sequences are cut for work that goes once over so many elements in all.
    pub(super) fn parts(&self, par: Parallel<'_>, elements: usize) -> usize {
        par.parts(elements, LEAST_PART).min(self.rows).max(1)
    }

    /// Uᵀ for the products of all steps of sequences that threads share, with a copy in `memory`.
    pub(super) fn turned<'a, T: Scalar>(
        &self,
        state: &'a [T],
        gates: usize,
        memory: &'a mut [T],
        par: Parallel<'_>,
    ) -> Repeated<'a, T> {
        let width = self.sizes.width;
        assert_eq!(memory.len(), self.sizes.turned(gates), "the memory for a copy of U is as large as that");
        let state = MatRef::new(state, width, gates * width).transposed();
        Repeated::new(self.chosen, state, (self.rows, self.in_part(par, gates)), memory)
    }

    /// ∂L/∂U = Σ over sequences and steps of hᵢ₋₁ᵀ·δᵢ: one product of all rows.
    ///
    /// It copies what it reads together in `memory` where that is large enough. `states` are those before each step where the first is
    /// given. Else they are those behind each, which the δ of the row behind meets; there the rows of the first steps, before which the
    /// last state of another sequence stands, are made zero.
    pub(super) fn state_gradient<T: Scalar>(
        &self,
        states: &[T],
        (delta, columns): (&mut [T], usize),
        d: &mut [T],
        memory: &mut [T],
        par: Parallel<'_>,
    ) {
        let Sizes { steps, width, is_given, .. } = self.sizes;
        if delta.is_empty() {
            return d.fill(T::ZERO);
        }
        let d = MatMut::new(d, width, columns);
        if is_given {
            let (states, delta) = (MatRef::of_rows(states, width), MatRef::of_rows(delta, columns));
            return matmul::gradients_in(memory, states, delta, (d, None), par);
        }
        let in_part = self.rows.div_ceil(self.parts(par, self.rows * columns));
        split_rows(par, delta, steps * columns, in_part, |_, delta| {
            for sequence in delta.chunks_exact_mut(steps * columns) {
                sequence[..columns].fill(T::ZERO);
            }
        });
        let before = &states[..states.len() - width];
        let (before, delta) = (MatRef::of_rows(before, width), MatRef::of_rows(&delta[columns..], columns));
        matmul::gradients_in(memory, before, delta, (d, None), par);
    }
}
