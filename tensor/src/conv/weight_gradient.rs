//! xᵀ · δ: for each weight a sum over all outputs that it has a part in.
//!
//! The images are gone through a few at a time, or some rows of one, so that what all weights need of them is in the caches.

use core::ops::Range;

use super::bias::sums_over_pixels;
use super::choose;
use super::cut::{Chunk, Cut, Part, chunks};
use super::operands::{Contraction, Loop, Nest, Start, Target};
use super::plan::Plan;
use super::span::Span;
use super::turned_gradient;
use super::width::Width;
use crate::simd::Lane;
use crate::{Parallel, Scalar, parallel};

/// ∂L/∂w and ∂L/∂b, summed over the batch; the second unless it is empty.
pub(super) fn gradients<T: Scalar>(
    lane: Lane,
    plan: &Plan,
    x: &[T],
    delta: &[T],
    (d, d_bias): (&mut [T], &mut [T]),
    parallel: Parallel<'_>,
) {
    let turned = choose::turned_gradient::<T>(lane, plan);
    let row_of_kernel = plan.kernel_distances(plan.channels_in_group * plan.outputs)[0];
    let columns = if turned { plan.c.kernel[1] * plan.channels } else { plan.groups.outputs };
    let width = Width::for_columns::<T>(lane, columns);
    let images = delta.len() / plan.output;
    d.fill(T::ZERO);
    let cut = Cut::of(parallel, plan, images, turned);
    let (start, len) = (parallel::Start::of(d), d.len());
    let (start_of_bias, biases) = (parallel::Start::of(d_bias), d_bias.len());
    parallel.run(cut.parts(), &|i| {
        let part = cut.part(plan, i);
        // SAFETY: `d` is borrowed uniquely until all calls have returned. The parts of a cut have no weight in common, and
        // contractions read and write none but those of their part; turned, a part is whole rows of the kernel.
        let target = unsafe { Target::shared(start.at(0), len) };
        for chunk in chunks::<T>(plan, images) {
            if turned {
                turned_gradient::some_rows(width, plan, x, delta, target, &part.kernel_rows, &chunk);
            } else {
                some_rows(width, plan, x, delta, target, &part, &chunk);
            }
        }
        for row in part.kernel_rows.clone().filter(|_| turned) {
            // SAFETY: as above; `d` has KH rows of so many weights.
            let d = unsafe { core::slice::from_raw_parts_mut(start.at(row * row_of_kernel), row_of_kernel) };
            turned_gradient::turn_back(lane, plan, d);
        }
        let columns = cut.share_of_biases(i, biases);
        if !columns.is_empty() {
            // SAFETY: as above; the shares of two parts have no bias in common.
            let sums = unsafe { core::slice::from_raw_parts_mut(start_of_bias.at(columns.start), columns.len()) };
            sums_over_pixels(lane, delta, biases, columns, sums);
        }
    });
}

/// Adds what `chunk` gives to the weights of `part`.
fn some_rows<T: Scalar>(width: Width, plan: &Plan, x: &[T], delta: &[T], d: Target<'_, T>, part: &Part, chunk: &Chunk) {
    let add = |rows: Span, columns: Span| {
        let rows = rows.within(&chunk.rows).through(&part.kernel_rows);
        if rows.places.count > 0 {
            for group in 0..plan.groups.count {
                some_outputs(width, plan, x, delta, d, &part.inputs, &chunk.images, (rows, columns), group);
            }
        }
    };
    let [rows, columns] = plan.axes;
    if choose::by_element(plan) {
        for rows in rows.elements() {
            columns.elements().for_each(|columns| add(rows, columns));
        }
    } else {
        for rows in rows.outputs() {
            columns.outputs().for_each(|columns| add(rows, columns));
        }
    }
}

/// Adds what the outputs of two spans of some images give to those of one group's weights that have the input channels
/// `inputs`.
#[allow(clippy::too_many_arguments, reason = "the operands, the part of the weights and the part of the images")]
fn some_outputs<T: Scalar>(
    width: Width,
    plan: &Plan,
    x: &[T],
    delta: &[T],
    d: Target<'_, T>,
    inputs: &Range<usize>,
    images: &Range<usize>,
    (rows, columns): (Span, Span),
    group: usize,
) {
    let Plan { channels, outputs, channels_in_group, input_row, output_row, groups, .. } = *plan;
    let [kernel_row, element] = plan.kernel_distances(channels_in_group * outputs);
    let left = group * groups.outputs;
    let from = rows.from * input_row + columns.from * channels + group * groups.inputs + inputs.start;
    let seen = rows.places.first * output_row + columns.places.first * outputs + left;
    let kernel = rows.kernel.first * kernel_row + columns.kernel.first * element + inputs.start * outputs + left;
    let contraction = Contraction {
        a: x.get(images.start * plan.input + from..).unwrap_or_default(),
        b: delta.get(images.start * plan.output + seen..).unwrap_or_default(),
        c: d.behind(kernel),
        rows: Nest([
            Loop { count: rows.kernel.count, read: rows.from_element * input_row, other: kernel_row },
            Loop { count: columns.kernel.count, read: columns.from_element * channels, other: element },
            Loop { count: inputs.len(), read: 1, other: outputs },
        ]),
        sum: Nest([
            Loop { count: images.len(), read: plan.input, other: plan.output },
            Loop { count: rows.places.count, read: rows.from_place * input_row, other: output_row },
            Loop { count: columns.places.count, read: columns.from_place * channels, other: outputs },
        ]),
        lanes: groups.outputs,
        start: Start::Result,
        relu: false,
        by_column: groups.by_channel,
        apart: usize::MAX,
    };
    contraction.run(width);
}
