//! The cells of a GRU, some sequences at one step.

use crate::Scalar;
use crate::simd::functions::{sigmoid, tanh};
use crate::simd::{Kernel, Row, Simd, columns};

/// h ← n + z ⊙ (h' − n) with r, z = σ(… of x + … of h') and n = tanh(… of x + r ⊙ m), where h' is the state of the step before and
/// m = h'·U + b of the candidate n.
pub(super) struct Forward<'a, T> {
    pub(super) rows: usize,
    pub(super) width: usize,
    /// What x brings into r, z, n, side by side, and then what comes out; of n only with `kept`.
    pub(super) gates: &'a mut [T],
    pub(super) gates_stride: usize,
    /// What h' brings into them, without a bias; nothing where h' is 0.
    pub(super) by_state: Option<&'a [T]>,
    /// The bias of m.
    pub(super) state_bias: &'a [T],
    /// Where m is kept, if it is, and the gates with it.
    pub(super) kept: Option<(&'a mut [T], usize)>,
    pub(super) y: &'a mut [T],
    pub(super) y_stride: usize,
    /// Where h' stands in a row of y, if it is not 0.
    pub(super) before: Option<usize>,
    /// Where h stands.
    pub(super) at: usize,
}

impl<T: Scalar> Kernel<T> for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { rows, width, gates, gates_stride, by_state, state_bias, mut kept, y, y_stride, before, at } = self;
        let zero = s.splat(T::ZERO);
        for row in 0..rows {
            let gates = &mut gates[row * gates_stride..][..3 * width];
            let by_state = by_state.map(|by_state| &by_state[row * 3 * width..][..3 * width]);
            let y = &mut y[row * y_stride..];
            // Loops of one function each: its steps wait for one another, so the processor needs several vectors of it in sight.
            for here in columns(s, 2 * width) {
                let of_state = match by_state {
                    Some(by_state) => by_state.load(here),
                    None => zero,
                };
                gates.store(here, sigmoid(s, s.add(gates.load(here), of_state)));
            }
            for here in columns(s, width) {
                let (to_z, to_n) = (here.shift(width), here.shift(2 * width));
                let (r, z) = (gates.load(here), gates.load(to_z));
                let of_state = match by_state {
                    Some(by_state) => by_state.load(to_n),
                    None => zero,
                };
                let m = s.add(of_state, state_bias.load(here));
                let n = tanh(s, s.mul_add(r, m, gates.load(to_n)));
                let before = match before {
                    Some(before) => y.load(here.shift(before)),
                    None => zero,
                };
                if let Some((kept, stride)) = &mut kept {
                    gates.store(to_n, n);
                    kept.store(here.shift(row * *stride), m);
                }
                y.store(here.shift(at), s.mul_add(z, s.sub(before, n), n));
            }
        }
    }
}

/// From ∂L/∂h, in place of the gates the gradients of what x brings into them, in place of m its own, and that of h' but for what
/// goes through its products.
pub(super) struct Backward<'a, T> {
    pub(super) rows: usize,
    pub(super) width: usize,
    pub(super) gates: &'a mut [T],
    pub(super) gates_stride: usize,
    pub(super) kept: &'a mut [T],
    pub(super) kept_stride: usize,
    /// The gradients of what h' brings into r, z and m; not written where h' has no gradient.
    pub(super) by_state: &'a mut [T],
    pub(super) y: &'a [T],
    pub(super) dy: &'a mut [T],
    /// From a row of y and dy to the next.
    pub(super) y_stride: usize,
    /// Where h' stands in a row of y, if it is not 0.
    pub(super) state: Option<usize>,
    /// Where its gradient stands in a row of dy, to which is added.
    pub(super) before: Option<usize>,
    /// Its gradient where that stands by itself, with nothing to be added to; in place of `before`.
    pub(super) first: Option<&'a mut [T]>,
    pub(super) at: usize,
}

impl<T: Scalar> Kernel<T> for Backward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { rows, width, gates, gates_stride, kept, kept_stride, by_state, y, dy, y_stride, .. } = self;
        let Self { state: held, before, mut first, at, .. } = self;
        let has_gradient = before.is_some() || first.is_some();
        let (zero, one) = (s.splat(T::ZERO), s.splat(T::one()));
        let sigmoid_slope = |a| s.mul(a, s.sub(one, a));
        for row in 0..rows {
            let gates = &mut gates[row * gates_stride..][..3 * width];
            let kept = &mut kept[row * kept_stride..][..width];
            let y = &y[row * y_stride..];
            let dy = &mut dy[row * y_stride..];
            for here in columns(s, width) {
                let gate = |index: usize| here.shift(index * width);
                // Not by `map`: what an array or an option calls is not compiled for the lane.
                let (r, z) = (gates.load(gate(0)), gates.load(gate(1)));
                let (n, m) = (gates.load(gate(2)), kept.load(here));
                let dh = dy.load(here.shift(at));
                let state = match held {
                    Some(held) => y.load(here.shift(held)),
                    None => zero,
                };
                let dz = s.mul(s.mul(dh, s.sub(state, n)), sigmoid_slope(z));
                let dn = s.mul(s.mul(dh, s.sub(one, z)), s.mul(s.sub(one, n), s.add(one, n)));
                let dr = s.mul(s.mul(dn, m), sigmoid_slope(r));
                let dm = s.mul(dn, r);
                for (index, delta) in [dr, dz, dn].into_iter().enumerate() {
                    gates.store(gate(index), delta);
                }
                kept.store(here, dm);
                if has_gradient {
                    let by_state = &mut by_state[row * 3 * width..][..3 * width];
                    for (index, delta) in [dr, dz, dm].into_iter().enumerate() {
                        by_state.store(gate(index), delta);
                    }
                }
                if let Some(before) = before {
                    let before = here.shift(before);
                    dy.store(before, s.mul_add(dh, z, dy.load(before)));
                } else if let Some(first) = &mut first {
                    first.store(here.shift(row * width), s.mul(dh, z));
                }
            }
        }
    }
}
