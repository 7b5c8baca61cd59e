//! The simple recurrent layer.

use super::step::Steps;
use super::{Gradients, Sizes};
use crate::matmul::{self, Addend, MatMut, MatRef};
use crate::{Parallel, Scalar};

/// A recurrent layer without gates: h = f(x·W + h'·U + b), where h' is the state of the step before.
#[derive(Clone, Copy, Debug)]
pub struct Rnn<'a, T> {
    /// The sizes.
    pub sizes: Sizes,
    /// W, `[inputs][width]`.
    pub input: &'a [T],
    /// U, `[width][width]`.
    pub state: &'a [T],
    /// b, `[width]`.
    pub bias: &'a [T],
}

impl<T: Scalar> Rnn<'_, T> {
    /// One step of one sequence: `h` becomes the state behind it. `activate` is z ← f(z), and `z` working memory of width elements.
    #[inline(never)]
    pub fn step(&self, x: &[T], z: &mut [T], h: &mut [T], activate: &dyn Fn(&mut [T])) {
        let Sizes { inputs, width, .. } = self.sizes;
        let steps = Steps::new(self.sizes, 1);
        let [input, state] = steps.weights_in_place([self.input, self.state], 1);
        let x = MatRef::new(x, 1, inputs);
        steps.product(x, input, Addend::Bias(self.bias), MatMut::new(z, 1, width));
        let before = MatRef::new(h, 1, width);
        steps.product(before, state, Addend::Itself, MatMut::new(z, 1, width));
        activate(z);
        h.copy_from_slice(z);
    }

    /// y ← all states h of each sequence of `x`. `activate` is z ← f(z) for rows of width elements; `z` of all steps goes where it is
    /// to be kept. `now` is working memory of width elements a sequence, `packed` of [`Sizes::packed`] for copies of the weights, which one
    /// sequence does without. Where the first state is given, it is the first of y.
    ///
    /// # Panics
    /// If the lengths do not agree.
    #[inline(never)]
    pub fn forward(
        &self,
        x: &[T],
        y: &mut [T],
        z: Option<&mut [T]>,
        (now, packed): (&mut [T], &mut [T]),
        activate: &(dyn Fn(&mut [T]) + Sync),
        par: Parallel<'_>,
    ) {
        let Sizes { steps: count, inputs, width, .. } = self.sizes;
        let steps = Steps::new(self.sizes, x.len() / (count * inputs));
        let (length, outputs, keep) = (steps.states(), steps.outputs(), z.is_some());
        let z = z.unwrap_or_default();
        assert_eq!(x.len(), steps.rows * count * inputs, "x is whole sequences");
        assert_eq!(y.len(), steps.rows * length, "y is as many sequences as x");
        assert_eq!(z.len(), if keep { steps.rows * outputs } else { 0 }, "what is kept is as many sequences as x");
        assert_eq!(now.len(), steps.rows * width, "the working memory is as many sequences as x");
        let [input, state] = steps.weights([self.input, self.state], 1, packed, par);
        steps.split(par, 1, [y, z, now], |first, [y, z, now]| {
            let rows = y.len() / length;
            for t in 0..count {
                let x = MatRef::strided(&x[(first * count + t) * inputs..], rows, inputs, count * inputs);
                steps.product(x, input, Addend::Bias(self.bias), MatMut::new(now, rows, width));
                if let Some(at) = steps.before(t) {
                    let h = MatRef::strided(&y[at..], rows, width, length);
                    steps.product(h, state, Addend::Itself, MatMut::new(now, rows, width));
                }
                let copy = |now: &[T], to: &mut [T], (at, length): (usize, usize)| {
                    for (now, to) in now.chunks_exact(width).zip(to.chunks_exact_mut(length)) {
                        to[at..][..width].copy_from_slice(now);
                    }
                };
                copy(now, z, (t * width, outputs));
                activate(now);
                copy(now, y, (steps.at(t), length));
            }
        });
    }

    /// From ∂L/∂y in `dy`, which is used up, the gradients of the parameters and of the inputs where they are asked for.
    ///
    /// `kept` is y or what `forward` has kept as z, and `slope` multiplies a gradient of some rows by the derivative there, of which it
    /// is given those rows of `kept`; `now` is width elements a sequence and `turned` memory of [`Sizes::turned`]. With
    /// δₜ = (∂L/∂yₜ + δₜ₊₁·Uᵀ) ⊙ f'(zₜ) from the last step to the first, ∂L/∂W = Σ xᵀδ, ∂L/∂U = Σ h'ᵀδ, ∂L/∂b = Σ δ and
    /// ∂L/∂x = δ·Wᵀ.
    ///
    /// Where the first state is given, `y` are the states before each step, `first` becomes the gradient by the first, and `kept` are those
    /// behind each step or z, as many as steps.
    ///
    /// # Panics
    /// If the lengths do not agree.
    #[allow(clippy::too_many_arguments, reason = "a pass, what the pass before it has kept, and two kinds of results")]
    #[inline(never)]
    pub fn backward(
        &self,
        (x, y): (&[T], &[T]),
        kept: &[T],
        dy: &mut [T],
        (now, turned): (&mut [T], &mut [T]),
        slope: &(dyn Fn(&[T], &mut [T]) + Sync),
        gradients: Option<Gradients<'_, T>>,
        dx: Option<&mut [T]>,
        first: Option<&mut [T]>,
        par: Parallel<'_>,
    ) {
        let Sizes { steps: count, inputs, width, is_given } = self.sizes;
        let steps = Steps::new(self.sizes, x.len() / (count * inputs));
        let length = steps.outputs();
        assert_eq!(first.is_some(), is_given, "the first state has a gradient where it is given");
        let d_first = first.unwrap_or_default();
        assert!(!is_given || d_first.len() == now.len(), "the gradient by the first states is as many as sequences");
        assert_eq!(dy.len(), steps.rows * length, "the gradient is as many sequences as x");
        assert!(y.len() == dy.len() && kept.len() == dy.len(), "what is kept is as many sequences as x");
        assert_eq!(now.len(), steps.rows * width, "the working memory is as many sequences as x");
        let state = steps.turned(self.state, 1, &mut *turned, par);
        steps.split(par, 1, [&mut *dy, now, d_first], |first, [dy, now, d_first]| {
            let rows = dy.len() / length;
            for t in (0..count).rev() {
                for (row, (dy, now)) in dy.chunks_exact_mut(length).zip(now.chunks_exact_mut(width)).enumerate() {
                    let delta = &mut dy[t * width..][..width];
                    slope(&kept[(first + row) * length + t * width..][..width], delta);
                    now.copy_from_slice(delta);
                }
                let delta = MatRef::new(now, rows, width);
                if let Some(last) = t.checked_sub(1) {
                    let dh = MatMut::strided(&mut dy[last * width..], rows, width, length);
                    steps.product(delta, state, Addend::Itself, dh);
                } else if is_given {
                    steps.product(delta, state, Addend::Zero, MatMut::new(d_first, rows, width));
                }
            }
        });
        let delta = MatRef::of_rows(dy, width);
        if let Some(dx) = dx {
            let weight = MatRef::new(self.input, inputs, width);
            matmul::input_gradient(delta, weight, MatMut::of_rows(dx, inputs), par);
        }
        if let Some(gradients) = gradients {
            let parameters = (MatMut::new(gradients.input, inputs, width), Some(gradients.bias));
            matmul::gradients_in(turned, MatRef::of_rows(x, inputs), delta, parameters, par);
            steps.state_gradient(y, (dy, width), gradients.state, turned, par);
        }
    }
}
