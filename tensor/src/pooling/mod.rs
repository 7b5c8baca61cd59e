//! Poolings of images, channels last: the largest or the mean of each window, channel by channel.
//!
//! A batch is a slice of images `[H][W][C]`, one behind the other. [`Pooling`] holds the sizes; [`forward`] and [`gradient`] are the
//! passes.

mod places;
mod reduce;
mod shape;
mod shares;
#[cfg(test)]
mod tests;
mod windows;

pub use shape::Pooling;

use crate::conv::Width;
use crate::simd::{Lane, lane};
use crate::size::checked_product;
use crate::{LeastPart, Parallel, Scalar, split_rows};
use windows::Pass;

/// What becomes of a window's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// The largest of those that lie in the image. One that is not a number wins. Its gradient goes to the element that has
    /// won; of several that are equal, to the first in the order of rows, then columns.
    Max,
    /// The mean of all, with 0 for those beyond the image's edges.
    Mean,
}

/// The fewest elements that are worth another thread.
const LEAST_PART: LeastPart = LeastPart::new(4096, 500);

/// y ← the reduction of each window of x.
///
/// ```
/// use typednet_tensor::Parallel;
/// use typednet_tensor::pooling::{Pooling, Reduction, forward};
///
/// let halves = Pooling::new([2, 4, 1], [2, 2]);
/// let mut y = [0.0_f32; 2];
/// forward(&halves, Reduction::Max, &[1.0, 5.0, 0.0, 2.0, 3.0, 4.0, 7.0, 1.0], &mut y, Parallel::SERIAL);
/// assert_eq!(y, [5.0, 7.0]);
/// ```
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn forward<T: Scalar>(p: &Pooling, reduction: Reduction, x: &[T], y: &mut [T], parallel: Parallel<'_>) {
    let (inputs, outputs) = check(p, x.len(), y.len());
    in_parts(parallel, y, outputs, x.len(), |first, y| {
        let x = &x[first * inputs..(first + y.len() / outputs) * inputs];
        windows::run(lane_of::<T>(p), Pass::Forward { p, reduction, x, y });
    });
}

/// ∂L/∂x from ∂L/∂y, and from x and y. An element that belongs to several windows has the sum, from the first to the last.
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn gradient<T: Scalar>(
    p: &Pooling,
    reduction: Reduction,
    (x, y): (&[T], &[T]),
    dy: &[T],
    dx: &mut [T],
    parallel: Parallel<'_>,
) {
    let (inputs, outputs) = check(p, dx.len(), dy.len());
    assert!(x.len() == dx.len() && y.len() == dy.len(), "a pooling's gradients are as long as what they belong to");
    in_parts(parallel, dx, inputs, x.len(), |first, dx| {
        let images = dx.len() / inputs;
        let outputs = first * outputs..(first + images) * outputs;
        let x = &x[first * inputs..][..dx.len()];
        windows::run(lane_of::<T>(p), Pass::Gradient { p, reduction, x, y: &y[outputs.clone()], dy: &dy[outputs], dx });
    });
}

/// The lane for so many channels: few are a smaller part of a smaller vector.
fn lane_of<T: Scalar>(p: &Pooling) -> Lane {
    let [.., channels] = p.output();
    Width::for_columns::<T>(lane(), channels).lane
}

/// The elements of an image and of an output, where the lengths agree.
fn check(p: &Pooling, x: usize, y: usize) -> (usize, usize) {
    let (inputs, outputs) = (p.inputs(), p.outputs());
    assert!(inputs > 0 && outputs > 0, "a pooling of {p:?} reads or gives nothing");
    assert!(x.is_multiple_of(inputs), "a pooling of {p:?}: {x} elements are not images of {inputs}");
    let images = x / inputs;
    let agrees = checked_product(&[images, outputs]) == Some(y);
    assert!(agrees, "a pooling of {p:?}: {images} images give {images} times {outputs} elements, not {y}");
    (inputs, outputs)
}

/// Calls `work` with the number of the first image and its part of `images`, each of `len` elements, where the work reads
/// `elements` in all.
fn in_parts<T: Scalar>(
    parallel: Parallel<'_>,
    images: &mut [T],
    len: usize,
    elements: usize,
    work: impl Fn(usize, &mut [T]) + Sync,
) {
    let parts = parallel.parts(elements, LEAST_PART);
    let some = (images.len() / len).div_ceil(parts).max(1);
    split_rows(parallel, images, len, some, work);
}
