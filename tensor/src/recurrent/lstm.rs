//! Long short-term memory.

use super::lstm_cell::{Backward, Forward};
use super::step::Steps;
use super::{Cell, Ends, Gradients, Sizes, run_cell};
use crate::matmul::{self, Addend, MatMut, MatRef};
use crate::{Parallel, Scalar};

/// The gates i, f, g, o.
const GATES: usize = 4;

/// An LSTM layer: with z = x·W + h'·U + b for each of the gates i, f, g, o, of which h' and c' are the states of the step before,
/// c = σ(f) ⊙ c' + σ(i) ⊙ tanh(g) and h = σ(o) ⊙ tanh c.
#[derive(Clone, Copy, Debug)]
pub struct Lstm<'a, T> {
    /// The sizes.
    pub sizes: Sizes,
    /// W, `[inputs][4][width]`.
    pub input: &'a [T],
    /// U, `[width][4][width]`.
    pub state: &'a [T],
    /// b, `[4][width]`.
    pub bias: &'a [T],
}

impl<T: Scalar> Lstm<'_, T> {
    /// One step of one sequence: `gates` is working memory of 4·width elements, `h` and `c` become the states behind it.
    #[inline(never)]
    pub fn step(&self, x: &[T], gates: &mut [T], (h, c): (&mut [T], &mut [T])) {
        let Sizes { inputs, width, .. } = self.sizes;
        let steps = Steps::new(self.sizes, 1);
        let columns = GATES * width;
        let [input, state] = steps.weights_in_place([self.input, self.state], GATES);
        let x = MatRef::new(x, 1, inputs);
        steps.product(x, input, Addend::Bias(self.bias), MatMut::new(gates, 1, columns));
        let before = MatRef::new(h, 1, width);
        steps.product(before, state, Addend::Itself, MatMut::new(gates, 1, columns));
        let cells = Forward {
            rows: 1,
            width,
            gates,
            gates_stride: columns,
            cells: c,
            cells_stride: width,
            before: Some(0),
            at: 0,
            y: h,
            y_stride: width,
        };
        run_cell(steps.chosen.lane, Cell::Lstm(cells));
    }

    /// y ← all states h of each sequence of `x`, in memory of 4·width elements a sequence for `gates` and of width for `cells`, and
    /// of [`Sizes::packed`] for copies of the weights, which one sequence does without.
    ///
    /// Where the first states are given, they are the first of y and of `cells`, which holds as many states as y.
    ///
    /// # Panics
    /// If the lengths do not agree.
    #[inline(never)]
    pub fn infer(
        &self,
        x: &[T],
        y: &mut [T],
        (gates, cells): (&mut [T], &mut [T]),
        packed: &mut [T],
        par: Parallel<'_>,
    ) {
        self.all_steps(x, y, (gates, cells), packed, false, par);
    }

    /// As [`infer`](Self::infer), and keeps what the backward pass needs: what the gates give, 4·steps·width elements a sequence,
    /// and what the cells hold, as many elements as y.
    ///
    /// # Panics
    /// If the lengths do not agree.
    #[inline(never)]
    pub fn forward(
        &self,
        x: &[T],
        y: &mut [T],
        (gates, cells): (&mut [T], &mut [T]),
        packed: &mut [T],
        par: Parallel<'_>,
    ) {
        self.all_steps(x, y, (gates, cells), packed, true, par);
    }

    /// The states, where the gates of the last step stay, or those of all steps with what the cells hold.
    fn all_steps(
        &self,
        x: &[T],
        y: &mut [T],
        (gates, cells): (&mut [T], &mut [T]),
        packed: &mut [T],
        keep: bool,
        par: Parallel<'_>,
    ) {
        let Sizes { steps: count, inputs, width, is_given } = self.sizes;
        let steps = Steps::new(self.sizes, x.len() / (count * inputs));
        let (columns, length) = (GATES * width, steps.states());
        assert_eq!(x.len(), steps.rows * count * inputs, "x is whole sequences");
        assert_eq!(y.len(), steps.rows * length, "y is as many sequences as x");
        let gates_stride = if keep { count * columns } else { columns };
        // A first state is not to be lost, since who gives one may ask for the last.
        let keep_cells = keep || is_given;
        let cells_stride = if keep_cells { length } else { width };
        assert_eq!(gates.len(), steps.rows * gates_stride, "the gates are as many sequences as x");
        assert_eq!(cells.len(), steps.rows * cells_stride, "the cells are as many sequences as x");
        let [input, state] = steps.weights([self.input, self.state], GATES, packed, par);
        steps.split(par, GATES, [y, gates, cells], |first, [y, gates, cells]| {
            let rows = y.len() / length;
            for t in 0..count {
                let gates = &mut gates[if keep { t * columns } else { 0 }..];
                let x = MatRef::strided(&x[(first * count + t) * inputs..], rows, inputs, count * inputs);
                steps.product(x, input, Addend::Bias(self.bias), MatMut::strided(gates, rows, columns, gates_stride));
                let before = steps.before(t);
                if let Some(at) = before {
                    let h = MatRef::strided(&y[at..], rows, width, length);
                    steps.product(h, state, Addend::Itself, MatMut::strided(gates, rows, columns, gates_stride));
                }
                let cells = Forward {
                    rows,
                    width,
                    gates,
                    gates_stride,
                    cells,
                    cells_stride,
                    before: before.map(|at| if keep_cells { at } else { 0 }),
                    at: if keep_cells { steps.at(t) } else { 0 },
                    y: &mut y[steps.at(t)..],
                    y_stride: length,
                };
                run_cell(steps.chosen.lane, Cell::Lstm(cells));
            }
        });
    }

    /// From ∂L/∂y in `dy`, which is used up, the gradients of the parameters and of the inputs where they are asked for.
    ///
    /// `gates` and `cells` are what [`forward`](Self::forward) has kept, and the gates are used up; `dc` is width elements a
    /// sequence and `turned` memory of [`Sizes::turned`]. With δₜ the gradient of what goes into the gates of step t, from the last step to
    /// the first: ∂L/∂hₜ = ∂L/∂yₜ + δₜ₊₁·Uᵀ and ∂L/∂cₜ = ∂L/∂cₜ₊₁ ⊙ fₜ₊₁ + ∂L/∂hₜ ⊙ oₜ ⊙ (1 − tanh² cₜ); δ of i, f, g, o is
    /// ∂L/∂c ⊙ g ⊙ i(1 − i), ∂L/∂c ⊙ c' ⊙ f(1 − f), ∂L/∂c ⊙ i ⊙ (1 − g²) and ∂L/∂h ⊙ tanh c ⊙ o(1 − o). Then ∂L/∂W = Σ xᵀδ,
    /// ∂L/∂U = Σ h'ᵀδ, ∂L/∂b = Σ δ and ∂L/∂x = δ·Wᵀ.
    ///
    /// Where the first states are given, `y` are the states h before each step, `cells` begin with the first one, and `ends` says what
    /// enters and leaves at both ends; `dc` becomes ∂L/∂c of the first.
    ///
    /// # Panics
    /// If the lengths do not agree.
    #[allow(clippy::too_many_arguments, reason = "a pass, what the pass before it has kept, and two kinds of results")]
    #[inline(never)]
    pub fn backward(
        &self,
        (x, y): (&[T], &[T]),
        (gates, cells): (&mut [T], &[T]),
        dy: &mut [T],
        (dc, turned): (&mut [T], &mut [T]),
        gradients: Option<Gradients<'_, T>>,
        dx: Option<&mut [T]>,
        ends: Option<Ends<'_, T>>,
        par: Parallel<'_>,
    ) {
        let Sizes { steps: count, inputs, width, is_given } = self.sizes;
        let steps = Steps::new(self.sizes, x.len() / (count * inputs));
        let (columns, length) = (GATES * width, steps.outputs());
        let cells_stride = steps.states();
        assert_eq!(dy.len(), steps.rows * length, "the gradient is as many sequences as x");
        assert_eq!(cells.len(), steps.rows * cells_stride, "the cells are as many sequences as x");
        assert_eq!(gates.len(), GATES * dy.len(), "the gates are as many sequences as x");
        assert_eq!(dc.len(), steps.rows * width, "the gradient of the cells is as many sequences as x");
        assert_eq!(ends.is_some(), is_given, "the states at both ends have gradients where the first are given");
        let (d_first, last) = match ends {
            Some(Ends { first, last_cells, length }) => (first, Some((last_cells, length))),
            None => (&mut [][..], None),
        };
        let are_all = d_first.len() == dc.len() && last.is_some_and(|(cells, _)| cells.len() == dc.len());
        assert!(!is_given || are_all, "the gradients at both ends are as many as sequences");
        let state = steps.turned(self.state, GATES, &mut *turned, par);
        dc.fill(T::ZERO);
        steps.split(par, GATES, [&mut *gates, dy, dc, d_first], |first, [gates, dy, dc, d_first]| {
            let rows = dy.len() / length;
            let gates_stride = GATES * length;
            for t in (0..count).rev() {
                if let Some((cells, length)) = last {
                    // Until here nothing counted, and the gradient of the cells was 0.
                    for (row, dc) in (first..).zip(dc.chunks_exact_mut(width)).filter(|(row, _)| length(*row) == t + 1)
                    {
                        dc.copy_from_slice(&cells[row * width..][..width]);
                    }
                }
                let cells = Backward {
                    rows,
                    width,
                    gates: &mut gates[t * columns..],
                    gates_stride,
                    cells: &cells[first * cells_stride..],
                    cells_stride,
                    before: steps.before(t),
                    at: steps.at(t),
                    dh: &dy[t * width..],
                    dh_stride: length,
                    dc,
                };
                run_cell(steps.chosen.lane, Cell::LstmGradient(cells));
                let delta = MatRef::strided(&gates[t * columns..], rows, columns, gates_stride);
                if let Some(last) = t.checked_sub(1) {
                    let dh = MatMut::strided(&mut dy[last * width..], rows, width, length);
                    steps.product(delta, state, Addend::Itself, dh);
                } else if is_given {
                    steps.product(delta, state, Addend::Zero, MatMut::new(d_first, rows, width));
                }
            }
        });
        let delta = MatRef::of_rows(gates, columns);
        if let Some(dx) = dx {
            let weight = MatRef::new(self.input, inputs, columns);
            matmul::input_gradient(delta, weight, MatMut::of_rows(dx, inputs), par);
        }
        if let Some(gradients) = gradients {
            let parameters = (MatMut::new(gradients.input, inputs, columns), Some(gradients.bias));
            matmul::gradients_in(turned, MatRef::of_rows(x, inputs), delta, parameters, par);
            steps.state_gradient(y, (gates, columns), gradients.state, turned, par);
        }
    }
}
