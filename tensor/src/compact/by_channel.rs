//! x ∗ w in integers of 8 bits, with a kernel for each channel: channels side by side, each with its own weights.

use super::int8::Int8;
use super::limit::INT8_MAX_INPUTS;
use super::window::Window;
use crate::Scalar as _;
use crate::conv::Convolution;
use crate::simd::{Kernel, Lane, Simd};

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

    #[inline(always)]
    fn run<S: Simd<f32>>(self, _: S) {
        let Self { c, q, layer, beyond, y } = self;
        let [_, columns, channels] = c.output();
        for (i, y) in y.chunks_exact_mut(columns * channels).enumerate() {
            let row = Window::of(c, 0, i);
            for (j, y) in y.chunks_exact_mut(channels).enumerate() {
                let pixel = Pixel { c, q, layer, beyond, row: &row, column: Window::of(c, 1, j) };
                let (wide, rest) = y.as_chunks_mut::<32>();
                let (narrow, single) = rest.as_chunks_mut::<8>();
                let (first_narrow, first_single) = (32 * wide.len(), 32 * wide.len() + 8 * narrow.len());
                wide.iter_mut().enumerate().for_each(|(i, y)| pixel.sums(32 * i, y));
                narrow.iter_mut().enumerate().for_each(|(i, y)| pixel.sums(first_narrow + 8 * i, y));
                single.iter_mut().enumerate().for_each(|(i, y)| pixel.sums(first_single + i, core::array::from_mut(y)));
            }
        }
    }
}

/// A pixel of the output.
struct Pixel<'a> {
    c: &'a Convolution,
    q: &'a [u8],
    layer: &'a Int8<'a>,
    beyond: u8,
    row: &'a Window,
    column: Window,
}

impl Pixel<'_> {
    /// `N` of its channels: plain loops, of which the compiler makes the vectors of each lane.
    #[inline(always)]
    fn sums<const N: usize>(&self, first: usize, y: &mut [f32; N]) {
        let Self { c, q, layer, beyond, row, column } = self;
        let [_, width, channels] = c.input;
        let mut sums = [0_i32; N];
        for (r, w) in layer.weight.chunks_exact(c.kernel[1] * channels).enumerate() {
            let line = row.inside.contains(&r).then(|| &q[row.place(r) * width * channels..][..width * channels]);
            for (s, w) in w.chunks_exact(channels).enumerate() {
                let x = match line {
                    Some(line) if column.inside.contains(&s) => {
                        *chunk::<_, N>(line, column.place(s) * channels + first)
                    }
                    _ => [*beyond; N],
                };
                for ((sum, x), w) in sums.iter_mut().zip(x).zip(chunk::<_, N>(w, first)) {
                    // A product fits into 16 bits, and more of those into a vector.
                    *sum += i32::from(i16::from(x) * i16::from(w.cast_signed()));
                }
            }
        }
        let (scale, shift) = (chunk::<_, N>(layer.scale, first), chunk::<_, N>(layer.shift, first));
        for (((y, sum), scale), shift) in y.iter_mut().zip(sums).zip(scale).zip(shift) {
            *y = sum as f32 * f32::from_le_bytes(*scale) + f32::from_le_bytes(*shift);
        }
    }
}

/// The `N` elements from `first` on.
#[inline(always)]
fn chunk<T, const N: usize>(of: &[T], first: usize) -> &[T; N] {
    of[first..].first_chunk().expect("as many channels as outputs")
}
