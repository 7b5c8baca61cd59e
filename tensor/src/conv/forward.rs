//! x ∗ w: for each output a sum over the kernel's elements that meet the image, with bias and ReLU on the way.
//!
//! Where the kernel's columns lie side by side in x and in w, a row of it is one run of KW·C elements.

use super::Convolution;
use super::choose;
use super::contraction::{Contraction, Loop, Nest, Start, Target};
use super::groups::Groups;
use super::span::Axis;
use super::width::Width;
use crate::simd::Lane;
use crate::{Parallel, Scalar, split_rows};

/// y ← f(x ∗ w + bias), with 0 for the bias where it is empty.
#[allow(clippy::too_many_arguments, reason = "as `conv::forward`, with a lane for the scratch")]
pub(super) fn forward<T: Scalar>(
    lane: Lane,
    c: &Convolution,
    x: &[T],
    weight: &[T],
    bias: &[T],
    y: &mut [T],
    relu: bool,
    parallel: Parallel<'_>,
) {
    let (inputs, outputs) = (c.inputs(), c.outputs());
    let images = y.len() / outputs;
    if images == 0 {
        return;
    }
    let width = Width::for_columns::<T>(lane, Groups::of(c).outputs);
    let some = choose::images_at_a_time::<T>(c);
    split_rows(parallel, y, outputs, choose::images_of_a_part(parallel, c, images), |first, y| {
        for (i, y) in y.chunks_mut(some * outputs).enumerate() {
            let first = first + i * some;
            let x = &x[first * inputs..(first + y.len() / outputs) * inputs];
            some_images(width, c, x, weight, bias, y, relu);
        }
    });
}

/// [`forward`] of so many images that they stay in the caches.
fn some_images<T: Scalar>(width: Width, c: &Convolution, x: &[T], weight: &[T], bias: &[T], y: &mut [T], relu: bool) {
    let ([_, columns, channels], [_, output_columns, outputs]) = (c.input, c.output());
    let (x_row, y_row, images) = (columns * channels, output_columns * outputs, y.len() / c.outputs());
    let groups = Groups::of(c);
    let in_group = c.channels_in_group();
    let y = Target::new(y);
    for group in 0..groups.count {
        let (left, right) = (group * groups.outputs, (group + 1) * groups.outputs);
        for rows in Axis::of(c, 0).outputs() {
            for columns in Axis::of(c, 1).outputs() {
                let from = rows.from * x_row + columns.from * channels + group * groups.inputs;
                let kernel = (rows.kernel.first * c.kernel[1] + columns.kernel.first) * in_group * outputs;
                let to = rows.places.first * y_row + columns.places.first * outputs;
                let over_rows = Nest([
                    Loop { count: images, read: c.inputs(), other: c.outputs() },
                    Loop { count: rows.places.count, read: rows.from_place * x_row, other: y_row },
                    Loop { count: columns.places.count, read: columns.from_place * channels, other: outputs },
                ]);
                let over_kernel = Nest([
                    Loop {
                        count: rows.kernel.count,
                        read: rows.from_element * x_row,
                        other: c.kernel[1] * in_group * outputs,
                    },
                    Loop {
                        count: columns.kernel.count,
                        read: columns.from_element * channels,
                        other: in_group * outputs,
                    },
                    Loop { count: in_group, read: 1, other: outputs },
                ]);
                let contraction = Contraction {
                    a: x.get(from..).unwrap_or_default(),
                    b: weight.get(kernel + left..).unwrap_or_default(),
                    c: y.behind(to + left),
                    rows: over_rows,
                    sum: over_kernel,
                    lanes: groups.outputs,
                    start: if bias.is_empty() { Start::Zero } else { Start::Bias(&bias[left..right]) },
                    relu,
                    by_column: groups.by_channel,
                };
                contraction.run(width);
            }
        }
    }
}
