//! The heads that one thread computes, and where they are in the memory that all threads share.

use core::ops::Range;

use super::head::Head;
use super::operands::{Gradients, Operands};
use super::{MultiHead, backward, forward};
use crate::matmul::{MatMut, MatRef};
use crate::parallel::Start;
use crate::simd::Lane;
use crate::{Scalar, attention::head::TILE};

/// The memory of a pass over a batch, whose lengths have been checked.
pub(super) struct Heap<'a, T> {
    pub(super) operands: Operands<'a, T>,
    /// Borrowed uniquely as long as this is.
    pub(super) scratch: Start<T>,
    pub(super) pass: Pass<'a, T>,
}

/// What a pass reads and writes beside queries, keys and values. What is written is borrowed uniquely as long as this is.
pub(super) enum Pass<'a, T> {
    Forward { context: Start<T>, kept: Option<Start<T>> },
    Backward { context: &'a [T], kept: &'a [T], d_context: &'a [T], gradients: Gradients<T> },
}

/// Some of the heads of a batch; head h of sample s is number s·heads + h.
pub(super) struct Part<'a, T> {
    heads: &'a MultiHead,
    heap: &'a Heap<'a, T>,
    units: Range<usize>,
}

impl<'a, T: Scalar> Part<'a, T> {
    /// No two parts of a pass that run at the same time may have a head in common.
    pub(super) fn new(heads: &'a MultiHead, heap: &'a Heap<'a, T>, units: Range<usize>) -> Self {
        Self { heads, heap, units }
    }

    /// Computes them, one after the other.
    #[inline(never)]
    pub(super) fn run(self, lane: Lane) {
        let Self { heads, heap, units } = self;
        let &MultiHead { queries, keys, head_width, .. } = heads;
        let (width, turned) = (heads.width(), keys * head_width);
        // Each is all written before it is read.
        let mut tiles = [[T::ZERO; TILE]; 2];
        for unit in units {
            let (sample, head) = (unit / heads.heads, unit % heads.heads);
            let (first, column) = (sample * queries, head * head_width);
            let [q, k, v] = heap.operands.head(heads, sample, column);
            let read = Head { heads, queries: q, keys: k, values: v };
            match &heap.pass {
                Pass::Forward { context, kept } => {
                    // SAFETY: the scratch has `turned` elements for each head of each sample, `kept` 2·queries, and the context
                    // queries·width for each sample, of which the head's are `head_width` columns. All are borrowed uniquely
                    // as long as the heap is; `unit` is this part's, and no two units have an element in common.
                    let (turned, kept, context) = unsafe {
                        (
                            core::slice::from_raw_parts_mut(heap.scratch.at(unit * turned), turned),
                            kept.as_ref()
                                .map(|kept| core::slice::from_raw_parts_mut(kept.at(unit * 2 * queries), 2 * queries)),
                            MatMut::at(context.at(first * width + column), queries, head_width, width),
                        )
                    };
                    forward::head(lane, &read, context, kept, turned, &mut tiles[0]);
                }
                Pass::Backward { context, kept, d_context, gradients } => {
                    // SAFETY: as above, with 2·`turned` elements of scratch; the gradients are as many as the operands, which have the
                    // sample.
                    let (scratch, written) = unsafe {
                        let scratch = core::slice::from_raw_parts_mut(heap.scratch.at(unit * 2 * turned), 2 * turned);
                        (scratch, gradients.head(heads, sample, column))
                    };
                    let rows = first * width + column..(first + queries) * width;
                    let left = backward::Left {
                        context: MatRef::strided(&context[rows.clone()], queries, head_width, width),
                        d_context: MatRef::strided(&d_context[rows], queries, head_width, width),
                        kept: &kept[unit * 2 * queries..][..2 * queries],
                    };
                    backward::head(lane, &read, &left, written, scratch, &mut tiles);
                }
            }
        }
    }
}
