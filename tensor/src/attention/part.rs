//! The heads that one thread computes, and where they are in the memory that all threads share.

use core::ops::Range;

use super::head::Head;
use super::{MultiHead, backward, forward};
use crate::matmul::{MatMut, MatRef};
use crate::parallel::Start;
use crate::simd::Lane;
use crate::{Scalar, attention::head::TILE};

/// The memory of a pass over a batch, whose lengths have been checked.
pub(super) struct Heap<'a, T> {
    pub(super) qkv: &'a [T],
    /// Borrowed uniquely as long as this is.
    pub(super) scratch: Start<T>,
    pub(super) pass: Pass<'a, T>,
}

/// What a pass reads and writes beside queries, keys and values. What is written is borrowed uniquely as long as this is.
pub(super) enum Pass<'a, T> {
    Forward { context: Start<T>, kept: Option<Start<T>> },
    Backward { context: &'a [T], kept: &'a [T], d_context: &'a [T], d_qkv: Start<T> },
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
        let &MultiHead { steps, head_width, .. } = heads;
        let (width, turned) = (heads.width(), steps * head_width);
        // Each is all written before it is read.
        let mut tiles = [[T::ZERO; TILE]; 2];
        for unit in units {
            let (sample, head) = (unit / heads.heads, unit % heads.heads);
            let (first, column) = (sample * steps, head * head_width);
            let read = Head::new(heads, &heap.qkv[3 * first * width..3 * (first + steps) * width], column);
            match &heap.pass {
                Pass::Forward { context, kept } => {
                    // SAFETY: the scratch has `turned` elements for each head of each sample, `kept` 2·steps, and the context
                    // steps·width for each sample, of which the head's are `head_width` columns. All are borrowed uniquely
                    // as long as the heap is; `unit` is this part's, and no two units have an element in common.
                    let (turned, kept, context) = unsafe {
                        (
                            core::slice::from_raw_parts_mut(heap.scratch.at(unit * turned), turned),
                            kept.as_ref()
                                .map(|kept| core::slice::from_raw_parts_mut(kept.at(unit * 2 * steps), 2 * steps)),
                            MatMut::at(context.at(first * width + column), steps, head_width, width),
                        )
                    };
                    forward::head(lane, &read, context, kept, turned, &mut tiles[0]);
                }
                Pass::Backward { context, kept, d_context, d_qkv } => {
                    // SAFETY: as above; of a step's 3·width elements in the gradient the head's are `head_width` columns in
                    // each third.
                    let (scratch, d_q, d_k, d_v) = unsafe {
                        let third = |which: usize| {
                            let place = (3 * first + which) * width + column;
                            MatMut::at(d_qkv.at(place), steps, head_width, 3 * width)
                        };
                        let scratch = core::slice::from_raw_parts_mut(heap.scratch.at(unit * 2 * turned), 2 * turned);
                        (scratch, third(0), third(1), third(2))
                    };
                    let rows = first * width + column..(first + steps) * width;
                    let left = backward::Left {
                        context: MatRef::strided(&context[rows.clone()], steps, head_width, width),
                        d_context: MatRef::strided(&d_context[rows], steps, head_width, width),
                        kept: &kept[unit * 2 * steps..][..2 * steps],
                    };
                    backward::head(lane, &read, &left, [d_q, d_k, d_v], scratch, &mut tiles);
                }
            }
        }
    }
}
