//! The input gradient of one image with nothing but the stack: through one of the kernel's elements after the other, for which
//! so many weights are turned as fit.

use super::operands::{Contraction, Loop, Nest, Start, Target};
use super::plan::Plan;
use super::span::Span;
use super::turn::turn_matrix;
use super::width::Width;
use crate::Scalar;
use crate::matmul::{MatMut, MatRef};
use crate::simd::Lane;

/// How many weights are turned at a time.
const TURNED: usize = 4096;

/// How many inputs are computed at a time, so that enough outputs are summed up before the result is read again.
const INPUTS: usize = 64;

/// dx ← δ ∗ᵀ w for one image.
pub(super) fn input_gradient_one<T: Scalar>(lane: Lane, plan: &Plan, delta: &[T], weight: &[T], dx: &mut [T]) {
    let (groups, kernel_columns) = (plan.groups, plan.c.kernel[1]);
    let distance = plan.outputs;
    let width = Width::for_columns::<T>(lane, groups.inputs);
    let mut turned = [T::ZERO; TURNED];
    dx.fill(T::ZERO);
    for rows in plan.axes[0].elements() {
        for columns in plan.axes[1].elements() {
            let element = rows.kernel.first * kernel_columns + columns.kernel.first;
            let weight = &weight[element * plan.channels_in_group * distance..];
            if groups.by_channel {
                add(width, plan, (delta, 0), (weight, distance, 1), (dx, 0), (rows, columns), groups.inputs);
                continue;
            }
            for group in 0..groups.count {
                for input in (0..groups.inputs).step_by(INPUTS) {
                    let inputs = INPUTS.min(groups.inputs - input);
                    let some = TURNED / inputs;
                    for output in (0..groups.outputs).step_by(some) {
                        let outputs = some.min(groups.outputs - output);
                        let left = group * groups.outputs + output;
                        let from = MatRef::strided(&weight[input * distance + left..], inputs, outputs, distance);
                        let to = MatMut::new(&mut turned[..outputs * inputs], outputs, inputs);
                        turn_matrix(width.lane, from, to);
                        let to = (&mut *dx, group * groups.inputs + input);
                        add(width, plan, (delta, left), (&turned, inputs, outputs), to, (rows, columns), inputs);
                    }
                }
            }
        }
    }
}

/// Adds what `lanes` inputs of each pixel, from the channel beside `dx` on, get through one of the kernel's elements from the
/// outputs from that beside `delta` on. Beside the weights stand the distance of an output's and how many outputs there are.
fn add<T: Scalar>(
    width: Width,
    plan: &Plan,
    (delta, output): (&[T], usize),
    (turned, row, outputs): (&[T], usize, usize),
    (dx, channel): (&mut [T], usize),
    (rows, columns): (Span, Span),
    lanes: usize,
) {
    let Plan { channels, outputs: all_outputs, input_row, output_row, .. } = *plan;
    let from = rows.places.first * output_row + columns.places.first * all_outputs + output;
    let to = rows.from * input_row + columns.from * channels + channel;
    let contraction = Contraction {
        a: delta.get(from..).unwrap_or_default(),
        b: turned,
        c: Target::new(dx).behind(to),
        rows: Nest([
            Loop::ONCE,
            Loop { count: rows.places.count, read: output_row, other: rows.from_place * input_row },
            Loop { count: columns.places.count, read: all_outputs, other: columns.from_place * channels },
        ]),
        sum: Nest([Loop::ONCE, Loop::ONCE, Loop { count: outputs, read: 1, other: row }]),
        lanes,
        start: Start::Result,
        relu: false,
        by_column: plan.groups.by_channel,
        apart: usize::MAX,
    };
    contraction.run(width);
}
