//! Gated recurrent units.

use super::gru_cell::{Backward, Forward};
use super::step::Steps;
use super::{Cell, Gradients, Sizes, run_cell};
use crate::matmul::{self, Addend, MatMut, MatRef};
use crate::parallel::split_together;
use crate::{Parallel, Scalar, ops};

/// The gates r and z, and the candidate n.
const GATES: usize = 3;

/// A GRU layer: r, z = σ(x·W + h'·U + b) for either of these gates, n = tanh(x·W + b + r ⊙ (h'·U + bᵤ)) and
/// h = (1 − z) ⊙ n + z ⊙ h', of which h' is the state of the step before.
#[derive(Clone, Copy, Debug)]
pub struct Gru<'a, T> {
    /// The sizes.
    pub sizes: Sizes,
    /// W of r, z, n, `[inputs][3][width]`.
    pub input: &'a [T],
    /// U, `[width][3][width]`.
    pub state: &'a [T],
    /// b, `[3][width]`.
    pub bias: &'a [T],
    /// bᵤ, `[width]`.
    pub state_bias: &'a [T],
}

/// The gradients of the parameters of a [`Gru`].
#[derive(Debug)]
pub struct GruGradients<'a, T> {
    /// ∂L/∂W, ∂L/∂U and ∂L/∂b
    pub gates: Gradients<'a, T>,
    /// ∂L/∂bᵤ
    pub state_bias: &'a mut [T],
}

impl<T: Scalar> Gru<'_, T> {
    /// One step of one sequence: `gates` and `by_state` are working memory of 3·width elements, `h` becomes the state behind it.
    #[inline(never)]
    pub fn step(&self, x: &[T], (gates, by_state): (&mut [T], &mut [T]), h: &mut [T]) {
        let Sizes { inputs, width, .. } = self.sizes;
        let steps = Steps::new(self.sizes, 1);
        let columns = GATES * width;
        let [input, state] = steps.weights_in_place([self.input, self.state], GATES);
        let x = MatRef::new(x, 1, inputs);
        steps.product(x, input, Addend::Bias(self.bias), MatMut::new(gates, 1, columns));
        let before = MatRef::new(h, 1, width);
        steps.product(before, state, Addend::Zero, MatMut::new(by_state, 1, columns));
        let cells = Forward {
            rows: 1,
            width,
            gates,
            gates_stride: columns,
            by_state: Some(by_state),
            state_bias: self.state_bias,
            kept: None,
            y: h,
            y_stride: width,
            before: Some(0),
            at: 0,
        };
        run_cell(steps.chosen.lane, Cell::Gru(cells));
    }

    /// y ← all states h of each sequence of `x`, in memory of 3·width elements a sequence for `gates` and as many for `by_state`, and
    /// of [`Sizes::packed`] for copies of the weights, which one sequence does without. Where the first state is given, it is the first of y.
    ///
    /// # Panics
    /// If the lengths do not agree.
    #[inline(never)]
    pub fn infer(
        &self,
        x: &[T],
        y: &mut [T],
        (gates, by_state): (&mut [T], &mut [T]),
        packed: &mut [T],
        par: Parallel<'_>,
    ) {
        self.all_steps(x, y, (gates, by_state), None, packed, par);
    }

    /// As [`infer`](Self::infer), and keeps what the backward pass needs: what the gates give, 3·steps·width elements a sequence, and
    /// h'·U + bᵤ of n, steps·width elements.
    ///
    /// # Panics
    /// If the lengths do not agree.
    #[inline(never)]
    pub fn forward(
        &self,
        x: &[T],
        y: &mut [T],
        (gates, kept): (&mut [T], &mut [T]),
        (by_state, packed): (&mut [T], &mut [T]),
        par: Parallel<'_>,
    ) {
        self.all_steps(x, y, (gates, by_state), Some(kept), packed, par);
    }

    /// The states, where the gates of the last step, or of all steps with what is kept, stay.
    fn all_steps(
        &self,
        x: &[T],
        y: &mut [T],
        (gates, by_state): (&mut [T], &mut [T]),
        kept: Option<&mut [T]>,
        packed: &mut [T],
        par: Parallel<'_>,
    ) {
        let Sizes { steps: count, inputs, width, .. } = self.sizes;
        let steps = Steps::new(self.sizes, x.len() / (count * inputs));
        let (columns, length, outputs) = (GATES * width, steps.states(), steps.outputs());
        let keep = kept.is_some();
        let gates_stride = if keep { count * columns } else { columns };
        let kept = kept.unwrap_or_default();
        assert_eq!(x.len(), steps.rows * count * inputs, "x is whole sequences");
        assert_eq!(y.len(), steps.rows * length, "y is as many sequences as x");
        assert_eq!(gates.len(), steps.rows * gates_stride, "the gates are as many sequences as x");
        assert_eq!(by_state.len(), steps.rows * columns, "the working memory is as many sequences as x");
        assert_eq!(kept.len(), if keep { steps.rows * outputs } else { 0 }, "what is kept is as many sequences as x");
        let [input, state] = steps.weights([self.input, self.state], GATES, packed, par);
        steps.split(par, GATES, [y, gates, by_state, kept], |first, [y, gates, by_state, kept]| {
            let rows = y.len() / length;
            for t in 0..count {
                let gates = &mut gates[if keep { t * columns } else { 0 }..];
                let x = MatRef::strided(&x[(first * count + t) * inputs..], rows, inputs, count * inputs);
                steps.product(x, input, Addend::Bias(self.bias), MatMut::strided(gates, rows, columns, gates_stride));
                let before = steps.before(t);
                if let Some(at) = before {
                    let h = MatRef::strided(&y[at..], rows, width, length);
                    steps.product(h, state, Addend::Zero, MatMut::new(by_state, rows, columns));
                }
                let cells = Forward {
                    rows,
                    width,
                    gates,
                    gates_stride,
                    by_state: before.is_some().then_some(&*by_state),
                    state_bias: self.state_bias,
                    kept: keep.then(|| (&mut kept[t * width..], outputs)),
                    y: &mut *y,
                    y_stride: length,
                    before,
                    at: steps.at(t),
                };
                run_cell(steps.chosen.lane, Cell::Gru(cells));
            }
        });
    }

    /// From ∂L/∂y in `dy`, which is used up, the gradients of the parameters and of the inputs where they are asked for.
    ///
    /// `gates` and `kept` are what [`forward`](Self::forward) has kept, and are used up; `by_state` is 3·width elements a sequence and
    /// `turned` memory of [`Sizes::turned`]. With m = h'·U + bᵤ of n and ∂L/∂hₜ = ∂L/∂yₜ + ∂L/∂h' of the step behind: δ of z is
    /// ∂L/∂h ⊙ (h' − n) ⊙ z(1 − z), of n ∂L/∂h ⊙ (1 − z) ⊙ (1 − n²), of m δn ⊙ r, of r δn ⊙ m ⊙ r(1 − r), and
    /// ∂L/∂h' = ∂L/∂h ⊙ z + (δr, δz, δm)·Uᵀ. Then ∂L/∂W = Σ xᵀ(δr, δz, δn), ∂L/∂U = Σ h'ᵀ(δr, δz, δm), ∂L/∂b = Σ (δr, δz, δn),
    /// ∂L/∂bᵤ = Σ δm and ∂L/∂x = (δr, δz, δn)·Wᵀ.
    ///
    /// Where the first state is given, `y` are the states before each step, and `first` becomes the gradient by the first.
    ///
    /// # Panics
    /// If the lengths do not agree.
    #[allow(clippy::too_many_arguments, reason = "a pass, what the pass before it has kept, and two kinds of results")]
    #[inline(never)]
    pub fn backward(
        &self,
        (x, y): (&[T], &[T]),
        (gates, kept): (&mut [T], &mut [T]),
        dy: &mut [T],
        (by_state, turned): (&mut [T], &mut [T]),
        gradients: Option<GruGradients<'_, T>>,
        dx: Option<&mut [T]>,
        first: Option<&mut [T]>,
        par: Parallel<'_>,
    ) {
        let Sizes { steps: count, inputs, width, is_given } = self.sizes;
        let steps = Steps::new(self.sizes, x.len() / (count * inputs));
        let (columns, length) = (GATES * width, steps.outputs());
        assert_eq!(first.is_some(), is_given, "the first state has a gradient where it is given");
        let d_first = first.unwrap_or_default();
        assert!(
            !is_given || d_first.len() == steps.rows * width,
            "the gradient by the first states is as many as sequences"
        );
        assert_eq!(dy.len(), steps.rows * length, "the gradient is as many sequences as x");
        assert_eq!(y.len(), dy.len(), "y is as many sequences as x");
        assert_eq!(gates.len(), GATES * dy.len(), "the gates are as many sequences as x");
        assert_eq!(kept.len(), dy.len(), "what is kept is as many sequences as x");
        assert_eq!(by_state.len(), steps.rows * columns, "the working memory is as many sequences as x");
        let state = steps.turned(self.state, GATES, &mut *turned, par);
        let data = [&mut *gates, &mut *kept, dy, by_state, d_first];
        steps.split(par, GATES, data, |first, [gates, kept, dy, by_state, d_first]| {
            let rows = dy.len() / length;
            for t in (0..count).rev() {
                let before = t.checked_sub(1).map(|last| last * width);
                let is_first = is_given && t == 0;
                let cells = Backward {
                    rows,
                    width,
                    gates: &mut gates[t * columns..],
                    gates_stride: GATES * length,
                    kept: &mut kept[t * width..],
                    kept_stride: length,
                    by_state,
                    y: &y[first * length..],
                    dy,
                    y_stride: length,
                    state: if is_given { Some(t * width) } else { before },
                    before,
                    first: is_first.then_some(&mut *d_first),
                    at: t * width,
                };
                run_cell(steps.chosen.lane, Cell::GruGradient(cells));
                let delta = MatRef::new(by_state, rows, columns);
                if let Some(at) = before {
                    let dh = MatMut::strided(&mut dy[at..], rows, width, length);
                    steps.product(delta, state, Addend::Itself, dh);
                } else if is_first {
                    steps.product(delta, state, Addend::Itself, MatMut::new(d_first, rows, width));
                }
            }
        });
        let delta = MatRef::of_rows(gates, columns);
        if let Some(dx) = dx {
            let weight = MatRef::new(self.input, inputs, columns);
            matmul::input_gradient(delta, weight, MatMut::of_rows(dx, inputs), par);
        }
        let Some(GruGradients { gates: gradients, state_bias }) = gradients else { return };
        let parameters = (MatMut::new(gradients.input, inputs, columns), Some(gradients.bias));
        matmul::gradients_in(turned, MatRef::of_rows(x, inputs), delta, parameters, par);
        ops::column_sums_on(kept, state_bias, par);
        // From here on the gradients of what h' brings into the gates.
        let in_part = steps.rows.div_ceil(steps.parts(par, kept.len()));
        split_together(par, [&mut *gates, kept], steps.rows, in_part, |_, [gates, kept]| {
            for (gates, kept) in gates.chunks_exact_mut(columns).zip(kept.chunks_exact(width)) {
                gates[2 * width..].copy_from_slice(kept);
            }
        });
        steps.state_gradient(y, (gates, columns), gradients.state, turned, par);
    }
}
