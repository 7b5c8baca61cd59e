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
        for (at, y) in y.chunks_exact_mut(channels).enumerate() {
            let (row, column) = (Window::of(c, 0, at / columns), Window::of(c, 1, at % columns));
            for (first, y) in (0..channels).step_by(WIDTH).zip(y.chunks_mut(WIDTH)) {
                let mut sums = [0_i32; WIDTH];
                for (k, w) in layer.weight.chunks_exact(channels).enumerate() {
                    let (r, s) = (k / c.kernel[1], k % c.kernel[1]);
                    let x = if row.inside.contains(&r) && column.inside.contains(&s) {
                        &q[(row.place(r) * width + column.place(s)) * channels + first..][..y.len()]
                    } else {
                        &beyond[..y.len()]
                    };
                    for ((sum, x), w) in sums.iter_mut().zip(x).zip(&w[first..]) {
                        *sum += i32::from(*x) * i32::from(w.cast_signed());
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
