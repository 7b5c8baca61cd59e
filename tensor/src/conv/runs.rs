//! The input gradient where an image has few channels: runs added.
//!
//! All inputs of one row that an output has read through one of the kernel's rows are a run of KW·C elements. A vector holds
//! more of a run than of a pixel, so for each output and each of the kernel's rows a run is computed and added to the image.

use super::operands::{Contraction, Loop, Nest, Start, Target};
use super::plan::Plan;
use super::turn::turn_matrix;
use super::width::Width;
use crate::Scalar;
use crate::matmul::{MatMut, MatRef};
use crate::simd::Lane;

/// `[KH][F][KW][C]` from `[KH][KW][C][F]`.
pub(super) fn turn<T: Scalar>(lane: Lane, plan: &Plan, weight: &[T], to: &mut [T]) {
    let (run, outputs) = (plan.c.kernel[1] * plan.channels, plan.outputs);
    for (from, to) in weight.chunks_exact(run * outputs).zip(to.chunks_exact_mut(run * outputs)) {
        turn_matrix(lane, MatRef::new(from, run, outputs), MatMut::new(to, outputs, run));
    }
}

/// dx ← δ ∗ᵀ w for some images; `turned` is what [`turn`] gives.
pub(super) fn some_images<T: Scalar>(width: Width, plan: &Plan, delta: &[T], turned: &[T], dx: &mut [T]) {
    let Plan { channels, outputs, input_row, output_row, .. } = *plan;
    let (images, run) = (dx.len() / plan.input, plan.c.kernel[1] * channels);
    dx.fill(T::ZERO);
    let dx = Target::new(dx);
    for rows in plan.axes[0].elements() {
        for columns in plan.axes[1].outputs() {
            let from = rows.places.first * output_row + columns.places.first * outputs;
            let kernel = rows.kernel.first * outputs * run + columns.kernel.first * channels;
            let to = rows.from * input_row + columns.from * channels;
            let contraction = Contraction {
                a: delta.get(from..).unwrap_or_default(),
                b: turned.get(kernel..).unwrap_or_default(),
                c: dx.behind(to),
                // Runs of neighbours in a row overlap, those of different rows do not.
                rows: Nest([
                    Loop { count: images, read: plan.output, other: plan.input },
                    Loop { count: columns.places.count, read: outputs, other: columns.from_place * channels },
                    Loop { count: rows.places.count, read: output_row, other: rows.from_place * input_row },
                ]),
                sum: Nest([Loop::ONCE, Loop::ONCE, Loop { count: outputs, read: 1, other: run }]),
                lanes: columns.kernel.count * channels,
                start: Start::Result,
                relu: false,
                by_column: false,
                apart: rows.places.count,
            };
            contraction.run(width);
        }
    }
}
