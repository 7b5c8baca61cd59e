//! The weight gradient where there are few outputs: turned round.
//!
//! A row of weights has as many elements as there are outputs, and fills no vector where those are few. What an output reads
//! through a row of the kernel is a run of KW·C elements of x that lie side by side; so the gradient is computed as
//! `[KH][F][KW][C]`, in the place of the weights', and turned at last.

use core::ops::Range;

use super::choose::MOST_TURNED;
use super::cut::Chunk;
use super::operands::{Contraction, Loop, Nest, Start, Target};
use super::plan::Plan;
use super::turn::turn_matrix;
use super::width::Width;
use crate::Scalar;
use crate::matmul::{MatMut, MatRef};
use crate::simd::Lane;

/// Adds what `chunk` gives to the turned gradient of some of the kernel's rows.
pub(super) fn some_rows<T: Scalar>(
    width: Width,
    plan: &Plan,
    x: &[T],
    delta: &[T],
    d: Target<'_, T>,
    kernel_rows: &Range<usize>,
    chunk: &Chunk,
) {
    let Plan { channels, outputs, input_row, output_row, .. } = *plan;
    let (images, run) = (chunk.images.clone(), plan.c.kernel[1] * channels);
    for rows in plan.axes[0].elements() {
        let row_of_kernel = rows.kernel.first;
        let rows = rows.within(&chunk.rows).through(kernel_rows);
        if rows.kernel.count == 0 || rows.places.count == 0 {
            continue;
        }
        for columns in plan.axes[1].outputs() {
            let seen = rows.places.first * output_row + columns.places.first * outputs;
            let from = rows.from * input_row + columns.from * channels;
            let contraction = Contraction {
                a: delta.get(images.start * plan.output + seen..).unwrap_or_default(),
                b: x.get(images.start * plan.input + from..).unwrap_or_default(),
                c: d.behind(row_of_kernel * outputs * run + columns.kernel.first * channels),
                rows: Nest([Loop::ONCE, Loop::ONCE, Loop { count: outputs, read: 1, other: run }]),
                sum: Nest([
                    Loop { count: images.len(), read: plan.output, other: plan.input },
                    Loop { count: rows.places.count, read: output_row, other: rows.from_place * input_row },
                    Loop { count: columns.places.count, read: outputs, other: columns.from_place * channels },
                ]),
                lanes: columns.kernel.count * channels,
                start: Start::Result,
                relu: false,
                by_column: false,
                apart: usize::MAX,
            };
            contraction.run(width);
        }
    }
}

/// The gradient of one of the kernel's rows from `[F][KW][C]` to `[KW][C][F]`.
pub(super) fn turn_back<T: Scalar>(lane: Lane, plan: &Plan, d: &mut [T]) {
    let (run, outputs) = (plan.c.kernel[1] * plan.channels, plan.outputs);
    if outputs > 1 {
        let mut turned = [T::ZERO; MOST_TURNED];
        turned[..d.len()].copy_from_slice(d);
        turn_matrix(lane, MatRef::new(&turned[..d.len()], outputs, run), MatMut::new(d, run, outputs));
    }
}
