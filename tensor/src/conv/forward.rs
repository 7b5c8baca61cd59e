//! x ∗ w: for each output a sum over the kernel's elements that meet the image, with bias and ReLU on the way.
//!
//! Where the kernel's columns lie side by side in x and in w, a row of it is one run of KW·C elements.

use super::cut;
use super::operands::{Contraction, Loop, Nest, Start, Target};
use super::plan::Plan;
use super::planes::{self, Planes};
use super::span::Span;
use super::width::Width;
use crate::simd::Lane;
use crate::{Parallel, Scalar, split_rows};

/// y ← f(x ∗ w + bias), with 0 for the bias where it is empty.
#[allow(clippy::too_many_arguments, reason = "as `conv::forward`, with a lane for the scratch")]
pub(super) fn forward<T: Scalar>(
    lane: Lane,
    plan: &Plan,
    x: &[T],
    weight: &[T],
    bias: &[T],
    y: &mut [T],
    relu: bool,
    parallel: Parallel<'_>,
) {
    let images = y.len() / plan.output;
    if images == 0 {
        return;
    }
    let width = Width::for_columns::<T>(lane, plan.groups.outputs);
    let some = cut::images_at_a_time::<T>(plan);
    split_rows(parallel, y, plan.output, cut::images_of_a_part(parallel, plan, images), |first, y| {
        for (i, y) in y.chunks_mut(some * plan.output).enumerate() {
            let first = first + i * some;
            let x = &x[first * plan.input..(first + y.len() / plan.output) * plan.input];
            if planes::fits(plan, width.lanes) && width.block == width.lanes {
                T::dispatch_on(width.lane, Planes { plan, x, weight, bias, y, relu });
                continue;
            }
            some_images(width, plan, x, (weight, bias), y, relu);
        }
    });
}

/// [`forward`] of so many images that they stay in the caches.
fn some_images<T: Scalar>(width: Width, plan: &Plan, x: &[T], w: (&[T], &[T]), y: &mut [T], relu: bool) {
    let images = y.len() / plan.output;
    let y = Target::new(y);
    for group in 0..plan.groups.count {
        for rows in plan.axes[0].outputs() {
            for columns in plan.axes[1].outputs() {
                one_span(width, plan, x, w, y, (images, rows, columns, group), relu);
            }
        }
    }
}

/// One group's outputs in two spans of some images.
fn one_span<T: Scalar>(
    width: Width,
    plan: &Plan,
    x: &[T],
    (weight, bias): (&[T], &[T]),
    y: Target<'_, T>,
    (images, rows, columns, group): (usize, Span, Span, usize),
    relu: bool,
) {
    let Plan { channels, outputs, channels_in_group, input_row, output_row, groups, .. } = *plan;
    let [kernel_row, element] = plan.kernel_distances(channels_in_group * outputs);
    let (left, right) = (group * groups.outputs, (group + 1) * groups.outputs);
    let from = rows.from * input_row + columns.from * channels + group * groups.inputs;
    let kernel = rows.kernel.first * kernel_row + columns.kernel.first * element + left;
    let to = rows.places.first * output_row + columns.places.first * outputs + left;
    let contraction = Contraction {
        a: x.get(from..).unwrap_or_default(),
        b: weight.get(kernel..).unwrap_or_default(),
        c: y.behind(to),
        rows: Nest([
            Loop { count: images, read: plan.input, other: plan.output },
            Loop { count: rows.places.count, read: rows.from_place * input_row, other: output_row },
            Loop { count: columns.places.count, read: columns.from_place * channels, other: outputs },
        ]),
        sum: Nest([
            Loop { count: rows.kernel.count, read: rows.from_element * input_row, other: kernel_row },
            Loop { count: columns.kernel.count, read: columns.from_element * channels, other: element },
            Loop { count: channels_in_group, read: 1, other: outputs },
        ]),
        lanes: groups.outputs,
        start: if bias.is_empty() { Start::Zero } else { Start::Bias(&bias[left..right]) },
        relu,
        by_column: groups.by_channel,
        apart: usize::MAX,
    };
    contraction.run(width);
}
