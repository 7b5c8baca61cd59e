//! x ∗ w in integers of 8 bits, with a kernel for each channel: channels side by side, each with its own weights.

use super::convolve::Window;
use super::int8::{INT8_MAX_INPUTS, Int8};
use crate::Scalar as _;
use crate::conv::Convolution;
use crate::simd::{Kernel, Lane, Simd};

/// The channels whose sums are formed together.
const WIDTH: usize = 64;

/// One image; the lengths have been checked.
pub(super) fn by_channel(lane: Lane, c: &Convolution, q: &[u8], layer: &Int8<'_>, beyond: u8, y: &mut [f32]) {
    assert!(c.kernel[0] * c.kernel[1] <= INT8_MAX_INPUTS, "a sum of products of 8 bits needs fewer inputs");
    f32::dispatch_on(lane, ByChannel { c, q, layer, beyond, y });
}

struct ByChannel<'a> {
    c: &'a Convolution,
    q: &'a [u8],
    layer: &'a Int8<'a>,
    beyond: u8,
    y: &'a mut [f32],
}

impl Kernel<f32> for ByChannel<'_> {
    type Output = ();

    /// Plain loops, of which the compiler makes the vectors of each lane.
    #[inline(always)]
    fn run<S: Simd<f32>>(self, _: S) {
        let Self { c, q, layer, beyond, y } = self;
        let ([_, width, channels], [_, columns, _]) = (c.input, c.output());
        let beyond = [beyond; WIDTH];
        let kernel = layer.weight.chunks_exact((c.kernel[1] * channels).max(1));
        for (i, y) in y.chunks_exact_mut(columns * channels).enumerate() {
            let row = Window::of(c, 0, i);
            for (j, y) in y.chunks_exact_mut(channels).enumerate() {
                let column = Window::of(c, 1, j);
                for (first, y) in (0..channels).step_by(WIDTH).zip(y.chunks_mut(WIDTH)) {
                    let mut sums = [0_i32; WIDTH];
                    for (r, w) in kernel.clone().enumerate() {
                        let line =
                            row.inside.contains(&r).then(|| &q[row.place(r) * width * channels..][..width * channels]);
                        for (s, w) in w.chunks_exact(channels).enumerate() {
                            let x = match line {
                                Some(line) if column.inside.contains(&s) => &line[column.place(s) * channels + first..],
                                _ => &beyond,
                            };
                            for ((sum, x), w) in sums[..y.len()].iter_mut().zip(x).zip(&w[first..]) {
                                // A product fits into 16 bits, and more of those into a vector.
                                *sum += i32::from(i16::from(*x) * i16::from(w.cast_signed()));
                            }
                        }
                    }
                    let (scale, shift) = (&layer.scale[first..], &layer.shift[first..]);
                    for (((y, sum), scale), shift) in y.iter_mut().zip(sums).zip(scale).zip(shift) {
                        *y = sum as f32 * f32::from_le_bytes(*scale) + f32::from_le_bytes(*shift);
                    }
                }
            }
        }
    }
}
