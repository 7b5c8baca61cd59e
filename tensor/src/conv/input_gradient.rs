//! δ ∗ᵀ w: for each element of the image a sum over the outputs that have read it, through the kernel turned round.
//!
//! Inputs that the same of the kernel's elements have met are computed together; with a stride they stand that far apart. So no
//! zeros are multiplied: neither between the outputs of a stride nor around them.

use super::cut;
use super::operands::{Contraction, Loop, Nest, Start, Target};
use super::plan::Plan;
use super::span::Span;
use super::turn::turn;
use super::width::Width;
use super::{choose, runs};
use crate::simd::Lane;
use crate::{Parallel, Scalar, split_rows};

/// dx ← δ ∗ᵀ w. `turned` is as long as the weights.
pub(super) fn input_gradient<T: Scalar>(
    lane: Lane,
    plan: &Plan,
    delta: &[T],
    weight: &[T],
    dx: &mut [T],
    turned: &mut [T],
    parallel: Parallel<'_>,
) {
    let images = dx.len() / plan.input;
    if images == 0 {
        return;
    }
    let by_runs = choose::by_runs::<T>(lane, plan);
    let lanes = if by_runs { plan.c.kernel[1] * plan.channels } else { plan.groups.inputs };
    let width = Width::for_columns::<T>(lane, lanes);
    if by_runs {
        runs::turn(lane, plan, weight, turned);
    } else {
        turn(lane, plan, weight, turned);
    }
    let turned = &*turned;
    let some = cut::images_at_a_time::<T>(plan);
    split_rows(parallel, dx, plan.input, cut::images_of_a_part(parallel, plan, images), |first, dx| {
        for (i, dx) in dx.chunks_mut(some * plan.input).enumerate() {
            let first = first + i * some;
            let delta = &delta[first * plan.output..(first + dx.len() / plan.input) * plan.output];
            if by_runs {
                runs::some_images(width, plan, delta, turned, dx);
            } else {
                some_images(width, plan, delta, turned, dx);
            }
        }
    });
}

/// [`input_gradient`] of so many images that they stay in the caches.
fn some_images<T: Scalar>(width: Width, plan: &Plan, delta: &[T], turned: &[T], dx: &mut [T]) {
    let images = dx.len() / plan.input;
    let dx = Target::new(dx);
    for group in 0..plan.groups.count {
        for rows in plan.axes[0].inputs() {
            for columns in plan.axes[1].inputs() {
                one_span(width, plan, delta, turned, dx, (images, rows, columns, group));
            }
        }
    }
}

/// One group's inputs in two spans of some images.
fn one_span<T: Scalar>(
    width: Width,
    plan: &Plan,
    delta: &[T],
    turned: &[T],
    dx: Target<'_, T>,
    (images, rows, columns, group): (usize, Span, Span, usize),
) {
    let Plan { channels, outputs, input_row, output_row, groups, .. } = *plan;
    let outputs_in_group = if groups.by_channel { 1 } else { groups.outputs };
    let [kernel_row, element] = plan.kernel_distances(outputs_in_group * channels);
    let from = rows.from * output_row + columns.from * outputs + group * groups.outputs;
    let kernel = rows.kernel.first * kernel_row + columns.kernel.first * element + group * groups.inputs;
    let to = rows.places.first * input_row + columns.places.first * channels + group * groups.inputs;
    let contraction = Contraction {
        a: delta.get(from..).unwrap_or_default(),
        b: turned.get(kernel..).unwrap_or_default(),
        c: dx.behind(to),
        rows: Nest([
            Loop { count: images, read: plan.output, other: plan.input },
            Loop { count: rows.places.count, read: rows.from_place * output_row, other: rows.places.step * input_row },
            Loop {
                count: columns.places.count,
                read: columns.from_place * outputs,
                other: columns.places.step * channels,
            },
        ]),
        sum: Nest([
            Loop {
                count: rows.kernel.count,
                read: rows.from_element * output_row,
                other: rows.kernel.step * kernel_row,
            },
            Loop {
                count: columns.kernel.count,
                read: columns.from_element * outputs,
                other: columns.kernel.step * element,
            },
            Loop { count: outputs_in_group, read: 1, other: channels },
        ]),
        lanes: groups.inputs,
        start: Start::Zero,
        relu: false,
        by_column: groups.by_channel,
        apart: usize::MAX,
    };
    contraction.run(width);
}
