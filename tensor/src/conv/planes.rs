//! x ∗ w for images of one channel and few outputs: pixels side by side in a vector.
//!
//! The few outputs of a pixel fill no vector, and each of the kernel's elements would be multiplied with a number of x that has to
//! be spread over one. Neighbouring pixels do fill it, and lie side by side in x as they are. So the outputs of some pixels are
//! computed as planes, one vector for each output, and these are turned to pixels in registers. Each element is the sum in the same
//! order, so it has the same bits.

use super::plan::Plan;
use crate::Scalar;
use crate::simd::{Kernel, Simd};

/// Some images, whose lengths have been checked.
pub(super) struct Planes<'a, T> {
    pub(super) plan: &'a Plan,
    pub(super) x: &'a [T],
    pub(super) weight: &'a [T],
    /// Empty, or one for each output.
    pub(super) bias: &'a [T],
    pub(super) y: &'a mut [T],
    pub(super) relu: bool,
}

/// The most elements of a vector that are known here.
const MOST_LANES: usize = 8;

/// The elements of a block of as many rows as it has columns.
const BLOCK: usize = MOST_LANES * MOST_LANES;

/// Whether a pass over so many lanes is computed in this way.
pub(super) fn fits(plan: &Plan, lanes: usize) -> bool {
    let c = &plan.c;
    plan.channels == 1
        && plan.outputs > 1
        && plan.outputs <= lanes
        && c.pad == [0, 0]
        && c.stride[1] == 1
        && c.dilation[1] == 1
        && plan.output_row / plan.outputs >= lanes
        && lanes <= MOST_LANES
}

/// Where two vectors of pixels begin, in x and in y.
type Places = [(usize, usize); 2];

impl<T: Scalar> Kernel<T> for Planes<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { plan, x, weight, bias, y, relu } = self;
        let (rows, columns, outputs) = (plan.output_rows, plan.output_row / plan.outputs, plan.outputs);
        assert!(fits(plan, S::LANES) && S::BLOCK == S::LANES, "planes are for images of one channel and few outputs");
        let vectors = columns.div_ceil(S::LANES);
        let (mut planes, mut turned) = ([[T::ZERO; BLOCK]; 2], [T::ZERO; BLOCK]);
        for (x, y) in x.chunks_exact(plan.input).zip(y.chunks_exact_mut(plan.output)) {
            let (mut row, mut column) = (0, 0);
            let mut place = || {
                let from = row * plan.c.stride[0] * plan.input_row + column;
                let to = (row * columns + column) * outputs;
                // The last vector of a row begins where it ends with the row; the last of all is there once more.
                if column + S::LANES < columns {
                    column = (column + S::LANES).min(columns - S::LANES);
                } else if row + 1 < rows {
                    (row, column) = (row + 1, 0);
                }
                (from, to)
            };
            for _ in 0..(rows * vectors).div_ceil(2) {
                let places = [place(), place()];
                let mut first = 0;
                while first < outputs {
                    let given = Given { plan, x, weight, bias, relu, first };
                    first += match outputs - first {
                        6.. => given.some::<S, 6>(s, places, &mut planes),
                        4.. => given.some::<S, 4>(s, places, &mut planes),
                        2.. => given.some::<S, 2>(s, places, &mut planes),
                        _ => given.some::<S, 1>(s, places, &mut planes),
                    };
                }
                for (planes, (_, to)) in planes.iter().zip(places) {
                    pixels(s, planes, &mut turned, outputs, y, to);
                }
            }
        }
    }
}

/// What some outputs, from `first` on, are computed from.
#[derive(Clone, Copy)]
struct Given<'a, T> {
    plan: &'a Plan,
    x: &'a [T],
    weight: &'a [T],
    bias: &'a [T],
    relu: bool,
    first: usize,
}

impl<T: Scalar> Given<'_, T> {
    /// The planes of F outputs at both places; gives F back.
    #[inline(always)]
    fn some<S: Simd<T>, const F: usize>(self, s: S, places: Places, planes: &mut [[T; BLOCK]; 2]) -> usize {
        let Self { plan, x, weight, bias, relu, first } = self;
        let ([high, wide], outputs) = (plan.c.kernel, plan.outputs);
        let down = plan.c.dilation[0] * plan.input_row;
        let last = (high - 1) * down + wide - 1 + S::LANES;
        assert!(places.iter().all(|(from, _)| from + last <= x.len()) && first + F <= outputs);
        assert!(weight.len() == high * wide * outputs && (bias.is_empty() || bias.len() == outputs));
        let [a, b] = places.map(|(from, _)| x.as_ptr().wrapping_add(from));
        let start = |f: usize| if bias.is_empty() { T::ZERO } else { bias[first + f] };
        let mut sums: [[S::V; 2]; F] = core::array::from_fn(|f| [s.splat(start(f)); 2]);
        let mut w = weight.as_ptr().wrapping_add(first);
        for row in 0..high {
            for column in 0..wide {
                let at = row * down + column;
                // SAFETY: the vector that begins at the kernel's last element lies in x, and so do all before it.
                let (a, b) = unsafe { (s.load_at(a.add(at)), s.load_at(b.add(at))) };
                for (f, sums) in sums.iter_mut().enumerate() {
                    // SAFETY: `weight` has so many elements for each of the kernel's, of which `first + F` are at most all.
                    let w = s.splat(unsafe { *w.add(f) });
                    sums[0] = s.mul_add(a, w, sums[0]);
                    sums[1] = s.mul_add(b, w, sums[1]);
                }
                w = w.wrapping_add(outputs);
            }
        }
        for (f, sums) in sums.iter().enumerate() {
            for (&sum, planes) in sums.iter().zip(&mut *planes) {
                // In this order NaN stays NaN.
                let sum = if relu { s.max(s.splat(T::ZERO), sum) } else { sum };
                s.store(sum, &mut planes[(first + f) * S::LANES..]);
            }
        }
        F
    }
}

/// Writes a vector of pixels to `y`, from `to` on, from the planes of their outputs.
#[inline(always)]
fn pixels<T: Scalar, S: Simd<T>>(
    s: S,
    planes: &[T; BLOCK],
    turned: &mut [T; BLOCK],
    outputs: usize,
    y: &mut [T],
    to: usize,
) {
    // SAFETY: both hold a block of as many rows and columns as a vector has elements, and that is the block's side.
    unsafe { s.transpose_at(planes.as_ptr(), S::LANES, turned.as_mut_ptr(), S::LANES) }
    for (pixel, turned) in turned.chunks_exact(S::LANES).take(S::LANES).enumerate() {
        let y = &mut y[to + pixel * outputs..];
        let pixel = s.load(turned);
        if y.len() >= S::LANES {
            // Behind the pixel's outputs stand those of the next ones, which are written afterwards.
            s.store(pixel, y);
        } else {
            s.store_part(pixel, &mut y[..outputs]);
        }
    }
}
