//! The cells of an LSTM, some sequences at one step.

use crate::Scalar;
use crate::simd::functions::{sigmoid, tanh};
use crate::simd::{Kernel, Row, Simd, columns};

/// c ← f ⊙ c' + i ⊙ g and h ← o ⊙ tanh c with i, f, o = σ(…) and g = tanh(…), where c' is what the cells held at the step before.
pub(super) struct Forward<'a, T> {
    pub(super) rows: usize,
    pub(super) width: usize,
    /// What goes into i, f, g, o, side by side, and then what comes out.
    pub(super) gates: &'a mut [T],
    pub(super) gates_stride: usize,
    pub(super) cells: &'a mut [T],
    pub(super) cells_stride: usize,
    /// Where c' stands in a row of the cells; nothing where it is 0.
    pub(super) before: Option<usize>,
    /// Where c stands.
    pub(super) at: usize,
    pub(super) y: &'a mut [T],
    pub(super) y_stride: usize,
}

impl<T: Scalar> Kernel<T> for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { rows, width, gates, gates_stride, cells, cells_stride, before, at, y, y_stride } = self;
        for row in 0..rows {
            let gates = &mut gates[row * gates_stride..][..4 * width];
            let cells = &mut cells[row * cells_stride..];
            let y = &mut y[row * y_stride..][..width];
            // Loops of one function each: its steps wait for one another, so the processor needs several vectors of it in sight.
            for (from, count) in [(0, 2 * width), (3 * width, width)] {
                for here in columns(s, count) {
                    let here = here.shift(from);
                    gates.store(here, sigmoid(s, gates.load(here)));
                }
            }
            for here in columns(s, width) {
                let here = here.shift(2 * width);
                gates.store(here, tanh(s, gates.load(here)));
            }
            for here in columns(s, width) {
                let gate = |index: usize| here.shift(index * width);
                let (i, f) = (gates.load(gate(0)), gates.load(gate(1)));
                let (g, o) = (gates.load(gate(2)), gates.load(gate(3)));
                let new = s.mul(i, g);
                let c = match before {
                    Some(before) => s.mul_add(f, cells.load(here.shift(before)), new),
                    None => new,
                };
                cells.store(here.shift(at), c);
                y.store(here, s.mul(o, tanh(s, c)));
            }
        }
    }
}

/// From ∂L/∂h and ∂L/∂c, in place of the gates the gradients of what goes into them, and in place of ∂L/∂c that of c'.
pub(super) struct Backward<'a, T> {
    pub(super) rows: usize,
    pub(super) width: usize,
    pub(super) gates: &'a mut [T],
    pub(super) gates_stride: usize,
    pub(super) cells: &'a [T],
    pub(super) cells_stride: usize,
    pub(super) before: Option<usize>,
    pub(super) at: usize,
    pub(super) dh: &'a [T],
    pub(super) dh_stride: usize,
    /// ∂L/∂c by the steps behind this one.
    pub(super) dc: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Backward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { rows, width, gates, gates_stride, cells, cells_stride, before, at, dh, dh_stride, dc } = self;
        let one = s.splat(T::one());
        // σ' = σ(1 − σ), and tanh' = (1 − tanh)(1 + tanh).
        let sigmoid_slope = |a| s.mul(a, s.sub(one, a));
        let tanh_slope = |a| s.mul(s.sub(one, a), s.add(one, a));
        for row in 0..rows {
            let gates = &mut gates[row * gates_stride..][..4 * width];
            let cells = &cells[row * cells_stride..];
            let dh = &dh[row * dh_stride..][..width];
            let dc = &mut dc[row * width..][..width];
            for here in columns(s, width) {
                let gate = |index: usize| here.shift(index * width);
                // Not by `map`: what an array calls for each of its elements is not compiled for the lane.
                let (i, f) = (gates.load(gate(0)), gates.load(gate(1)));
                let (g, o) = (gates.load(gate(2)), gates.load(gate(3)));
                let squashed = tanh(s, cells.load(here.shift(at)));
                let dh = dh.load(here);
                let slope = s.mul(o, tanh_slope(squashed));
                let dc_here = s.mul_add(dh, slope, dc.load(here));
                let before = match before {
                    Some(before) => cells.load(here.shift(before)),
                    None => s.splat(T::ZERO),
                };
                let deltas = [
                    s.mul(s.mul(dc_here, g), sigmoid_slope(i)),
                    s.mul(s.mul(dc_here, before), sigmoid_slope(f)),
                    s.mul(s.mul(dc_here, i), tanh_slope(g)),
                    s.mul(s.mul(dh, squashed), sigmoid_slope(o)),
                ];
                for (index, delta) in deltas.into_iter().enumerate() {
                    gates.store(gate(index), delta);
                }
                dc.store(here, s.mul(dc_here, f));
            }
        }
    }
}
