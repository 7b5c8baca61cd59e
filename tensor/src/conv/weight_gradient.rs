//! xᵀ · δ: for each weight a sum over all outputs that it has a part in.
//!
//! The images are gone through a few rows at a time, so that what all weights need of them is in the first-level cache.

use core::ops::Range;

use super::Convolution;
use super::choose::{self, Chunk};
use super::contraction::{Contraction, Loop, Nest, Start, Target};
use super::groups::Groups;
use super::span::{Axis, Span};
use super::width::Width;
use crate::simd::Lane;
use crate::{Parallel, Scalar, ops, parallel};

/// ∂L/∂w and ∂L/∂b, summed over the batch; the second unless it is empty.
pub(super) fn gradients<T: Scalar>(
    lane: Lane,
    c: &Convolution,
    x: &[T],
    delta: &[T],
    (d, d_bias): (&mut [T], &mut [T]),
    parallel: Parallel<'_>,
) {
    let width = Width::for_columns::<T>(lane, Groups::of(c).outputs);
    let images = delta.len() / c.outputs();
    d.fill(T::ZERO);
    let cut = choose::Cut::of(parallel, c, images);
    let (start, len) = (parallel::Start::of(d), d.len());
    let (start_of_bias, biases) = (parallel::Start::of(d_bias), d_bias.len());
    parallel.run(cut.parts(), &|i| {
        let part = cut.part(c, i);
        // SAFETY: `d` is borrowed uniquely until all calls have returned. The parts of a cut have no weight in common, and
        // contractions read and write none but those of their part.
        let d = unsafe { Target::shared(start.at(0), len) };
        for chunk in choose::chunks::<T>(c, images) {
            some_rows(width, c, x, delta, d, &part, &chunk);
        }
        let columns = cut.share_of_biases(i, biases);
        if !columns.is_empty() {
            // SAFETY: as above; the shares of two parts have no bias in common.
            let sums = unsafe { core::slice::from_raw_parts_mut(start_of_bias.at(columns.start), columns.len()) };
            ops::sums_of_columns(delta, biases, columns.start, sums);
        }
    });
}

/// The weights that one thread computes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The kernel's rows.
    pub(super) kernel_rows: Range<usize>,
    /// The input channels of each group.
    pub(super) inputs: Range<usize>,
}

/// Adds what `chunk` gives to the weights of `part`.
fn some_rows<T: Scalar>(
    width: Width,
    c: &Convolution,
    x: &[T],
    delta: &[T],
    d: Target<'_, T>,
    part: &Part,
    chunk: &Chunk,
) {
    let add = |rows: Span, columns: Span| {
        let rows = rows.within(&chunk.rows).through(&part.kernel_rows);
        if rows.places.count > 0 {
            for group in 0..Groups::of(c).count {
                some_outputs(width, c, x, delta, d, &part.inputs, &chunk.images, (rows, columns), group);
            }
        }
    };
    let [rows, columns] = [Axis::of(c, 0), Axis::of(c, 1)];
    if choose::by_element(c) {
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
    c: &Convolution,
    x: &[T],
    delta: &[T],
    d: Target<'_, T>,
    inputs: &Range<usize>,
    images: &Range<usize>,
    (rows, columns): (Span, Span),
    group: usize,
) {
    let ([_, input_columns, channels], [_, output_columns, outputs]) = (c.input, c.output());
    let (x_row, delta_row, in_group) = (input_columns * channels, output_columns * outputs, c.channels_in_group());
    let groups = Groups::of(c);
    let left = group * groups.outputs;
    let from = images.start * c.inputs() + rows.from * x_row + columns.from * channels;
    let seen = images.start * c.outputs() + rows.places.first * delta_row + columns.places.first * outputs;
    let kernel = (rows.kernel.first * c.kernel[1] + columns.kernel.first) * in_group + inputs.start;
    let over_kernel = Nest([
        Loop { count: rows.kernel.count, read: rows.from_element * x_row, other: c.kernel[1] * in_group * outputs },
        Loop { count: columns.kernel.count, read: columns.from_element * channels, other: in_group * outputs },
        Loop { count: inputs.len(), read: 1, other: outputs },
    ]);
    let over_outputs = Nest([
        Loop { count: images.len(), read: c.inputs(), other: c.outputs() },
        Loop { count: rows.places.count, read: rows.from_place * x_row, other: delta_row },
        Loop { count: columns.places.count, read: columns.from_place * channels, other: outputs },
    ]);
    let contraction = Contraction {
        a: x.get(from + group * groups.inputs + inputs.start..).unwrap_or_default(),
        b: delta.get(seen + left..).unwrap_or_default(),
        c: d.behind(kernel * outputs + left),
        rows: over_kernel,
        sum: over_outputs,
        lanes: groups.outputs,
        start: Start::Result,
        relu: false,
        by_column: groups.by_channel,
    };
    contraction.run(width);
}
