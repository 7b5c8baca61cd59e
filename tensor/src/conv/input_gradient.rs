//! δ ∗ᵀ w: for each element of the image a sum over the outputs that have read it, through the kernel turned round.
//!
//! Inputs that the same of the kernel's elements have met are computed together; with a stride they stand that far apart. So no
//! zeros are multiplied: neither between the outputs of a stride nor around them.

use super::Convolution;
use super::choose;
use super::contraction::{Contraction, Loop, Nest, Start, Target};
use super::groups::Groups;
use super::span::Axis;
use super::turn::turn;
use super::width::Width;
use crate::simd::Lane;
use crate::{Parallel, Scalar, split_rows};

/// dx ← δ ∗ᵀ w. `turned` is as long as the weights.
pub(super) fn input_gradient<T: Scalar>(
    lane: Lane,
    c: &Convolution,
    delta: &[T],
    weight: &[T],
    dx: &mut [T],
    turned: &mut [T],
    parallel: Parallel<'_>,
) {
    let (inputs, outputs) = (c.inputs(), c.outputs());
    let images = dx.len() / inputs;
    if images == 0 {
        return;
    }
    let width = Width::for_columns::<T>(lane, Groups::of(c).inputs);
    turn(lane, c, weight, turned);
    let turned = &*turned;
    let some = choose::images_at_a_time::<T>(c);
    split_rows(parallel, dx, inputs, choose::images_of_a_part(parallel, c, images), |first, dx| {
        for (i, dx) in dx.chunks_mut(some * inputs).enumerate() {
            let first = first + i * some;
            let delta = &delta[first * outputs..(first + dx.len() / inputs) * outputs];
            some_images(width, c, delta, turned, dx);
        }
    });
}

/// [`input_gradient`] of so many images that they stay in the caches.
fn some_images<T: Scalar>(width: Width, c: &Convolution, delta: &[T], turned: &[T], dx: &mut [T]) {
    let ([_, columns, channels], [_, output_columns, outputs]) = (c.input, c.output());
    let (dx_row, delta_row, images) = (columns * channels, output_columns * outputs, dx.len() / c.inputs());
    let groups = Groups::of(c);
    let out_of_group = if groups.by_channel { 1 } else { groups.outputs };
    let dx = Target::new(dx);
    for group in 0..groups.count {
        let left = group * groups.inputs;
        for rows in Axis::of(c, 0).inputs() {
            for columns in Axis::of(c, 1).inputs() {
                let from = rows.from * delta_row + columns.from * outputs + group * groups.outputs;
                let kernel = (rows.kernel.first * c.kernel[1] + columns.kernel.first) * out_of_group * channels;
                let to = rows.places.first * dx_row + columns.places.first * channels;
                let over_rows = Nest([
                    Loop { count: images, read: c.outputs(), other: c.inputs() },
                    Loop {
                        count: rows.places.count,
                        read: rows.from_place * delta_row,
                        other: rows.places.step * dx_row,
                    },
                    Loop {
                        count: columns.places.count,
                        read: columns.from_place * outputs,
                        other: columns.places.step * channels,
                    },
                ]);
                let over_kernel = Nest([
                    Loop {
                        count: rows.kernel.count,
                        read: rows.from_element * delta_row,
                        other: rows.kernel.step * c.kernel[1] * out_of_group * channels,
                    },
                    Loop {
                        count: columns.kernel.count,
                        read: columns.from_element * outputs,
                        other: columns.kernel.step * out_of_group * channels,
                    },
                    Loop { count: out_of_group, read: 1, other: channels },
                ]);
                let contraction = Contraction {
                    a: delta.get(from..).unwrap_or_default(),
                    b: turned.get(kernel + left..).unwrap_or_default(),
                    c: dx.behind(to + left),
                    rows: over_rows,
                    sum: over_kernel,
                    lanes: groups.inputs,
                    start: Start::Zero,
                    relu: false,
                    by_column: groups.by_channel,
                };
                contraction.run(width);
            }
        }
    }
}
