//! Sums of the losses of a batch, shared by threads.

use core::ops::Range;

use typednet_tensor::{Parallel, split_both, split_rows};

use crate::threads::parts_of;

/// What the numbers of a sum go to, one after the other.
pub(super) type Sink<'a> = dyn FnMut(f64) + 'a;

/// A sum over a batch, of whose pieces each gives at most one number.
///
/// The threads take some pieces each, and keep their numbers. They are added up on the calling thread, from the first to the last, so
/// the bits are those of one thread.
#[derive(Clone, Copy)]
pub(super) struct Sum {
    /// The elements of a piece: work is cut between pieces only.
    unit: usize,
    /// As work on how many elements a piece counts, of the cheapest activation.
    cost: usize,
}

impl Sum {
    /// Of rows of `width`, each of which gives one number.
    pub(super) const fn of_rows(width: usize) -> Self {
        /// What a row costs beside its elements: a logarithm, and to begin.
        const ROW: usize = 64;
        Self { unit: 1, cost: ROW + 2 * width }
    }

    /// Of pieces of `unit` elements, each of which gives one number.
    pub(super) const fn of_pieces(unit: usize) -> Self {
        Self { unit, cost: unit }
    }

    /// The sum of what `work` gives for some of `len` elements.
    pub(super) fn over(
        self,
        parallel: Parallel<'_>,
        len: usize,
        work: impl Fn(Range<usize>, &mut Sink<'_>) + Sync,
    ) -> f64 {
        self.total(
            parallel,
            len,
            &mut (),
            |(), pieces, kept, in_part| {
                split_rows(parallel, kept, 1, in_part, |first, kept| {
                    let from = (pieces.start + first) * self.unit;
                    work(from..from + kept.len() * self.unit, &mut into(kept));
                });
            },
            |(), from, sink| work(from..len, sink),
        )
    }

    /// The sum of what `work` gives for some of the elements, which it writes, from the one at the place that it is told on.
    pub(super) fn writing<R: Send>(
        self,
        parallel: Parallel<'_>,
        elements: &mut [R],
        work: impl Fn(usize, &mut [R], &mut Sink<'_>) + Sync,
    ) -> f64 {
        let mut elements = elements;
        self.total(
            parallel,
            elements.len(),
            &mut elements,
            |elements, pieces, kept, in_part| {
                let elements = &mut elements[pieces.start * self.unit..pieces.end * self.unit];
                split_both(parallel, (elements, kept), [self.unit, 1], in_part, |first, elements, kept| {
                    work((pieces.start + first) * self.unit, elements, &mut into(kept));
                });
            },
            |elements, from, sink| work(from, &mut elements[from..], sink),
        )
    }

    /// The sum, where `round` computes some pieces by so many for each thread, and `rest` all elements from some one on.
    fn total<D>(
        self,
        parallel: Parallel<'_>,
        len: usize,
        data: &mut D,
        round: impl Fn(&mut D, Range<usize>, &mut [f64], usize),
        rest: impl FnOnce(&mut D, usize, &mut Sink<'_>),
    ) -> f64 {
        /// The numbers that are kept at a time: few of them are not worth the memory of many.
        const FEW: usize = 256;
        const MANY: usize = 2048;
        let pieces = len / self.unit;
        let mut sum = 0.0;
        let mut add = |number: f64| sum += number;
        let mut from = 0;
        if parts_of(parallel, pieces, self.cost) > 1 {
            from = pieces * self.unit;
            let (mut few, mut many);
            let kept: &mut [f64] = if pieces <= FEW {
                few = [0.0; FEW];
                &mut few
            } else {
                many = [0.0; MANY];
                &mut many
            };
            self.rounds(parallel, pieces, kept, |pieces, kept, in_part| round(data, pieces, kept, in_part), &mut add);
        }
        if from < len {
            rest(data, from, &mut add);
        }
        sum
    }

    /// Calls `round` for as many pieces as `kept` has room for, again and again, and gives the numbers to `add`.
    fn rounds(
        self,
        parallel: Parallel<'_>,
        pieces: usize,
        kept: &mut [f64],
        mut round: impl FnMut(Range<usize>, &mut [f64], usize),
        add: &mut Sink<'_>,
    ) {
        for first in (0..pieces).step_by(kept.len()) {
            let here = first..pieces.min(first + kept.len());
            let in_part = here.len().div_ceil(parts_of(parallel, here.len(), self.cost).max(1));
            // A piece that gives no number leaves 0.
            let kept = &mut kept[..here.len()];
            kept.fill(0.0);
            round(here, kept, in_part);
            kept.iter().copied().for_each(&mut *add);
        }
    }
}

/// Puts numbers to the places of `kept`, one after the other.
fn into(kept: &mut [f64]) -> impl FnMut(f64) + '_ {
    let mut places = kept.iter_mut();
    move |number| *places.next().expect("a piece gives one number at most") = number
}
