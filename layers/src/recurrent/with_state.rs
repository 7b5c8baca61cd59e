//! A recurrent layer with its first state as an input, and its last as an output.

use core::marker::PhantomData;

use typednet_tensor::{Differentiable, Flat, Pair, Sample, Scalar, Steps, flat_mut, impl_flat, rows, rows_mut, zeros};

use super::from_state::{BackwardFrom, Recurrent};
use crate::threads::{by_rows, by_samples};
use crate::{
    Arg, Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Sequence, Trace, Workspace, WorkspaceSize,
};

/// The recurrent layer `L` with its state before the first step as a second input and that behind the last step as a second output:
/// (x, s₀) becomes (y, sₙ), as `PyTorch`'s `y, h_n = gru(x, h_0)`; in Keras these are `initial_state` and `return_state`.
///
/// So an encoder's last state is where a decoder begins, and a text of any length is read window by window, each from the state in which
/// the window before it ended.
///
/// # Shapes
/// x is `Pair<A, S>`, y is `Pair<Y, S>`, where `A` are steps of C numbers, `Y` as many of H, and the state S of an [`Rnn`](crate::Rnn)
/// and a [`Gru`](crate::Gru) is h, `[T; H]`, that of an [`Lstm`](crate::Lstm) h and then c, `[[T; H]; 2]`. Of padded steps the last state
/// is that behind the last step that counts; `A` and `Y` are arrays of steps unless told otherwise. In `network!` it is written
/// `WithState<Gru<H>>`. [`TakeFirst`](crate::TakeFirst) behind it leaves the steps, [`TakeSecond`](crate::TakeSecond) the last state.
///
/// Parameters: those of `L`, under the same names. From a first state of zeros it gives what `L` gives.
///
/// ```
/// use typednet_layers::{Linear, Network, Rnn, WithState};
/// use typednet_tensor::Pair;
///
/// // The running sum, which goes on with what was there before.
/// let sum = WithState::<_>::new(Rnn::<2, 1, 1, Linear>::new([[1.0]], [[1.0]], [0.0]));
/// let first = sum.predict(&Pair { first: [[1.0], [2.0]], second: [0.0] });
/// assert_eq!(first, Pair { first: [[1.0], [3.0]], second: [3.0] });
/// let next = sum.predict(&Pair { first: [[4.0], [8.0]], second: first.second });
/// assert_eq!(next, Pair { first: [[7.0], [15.0]], second: [15.0] });
/// ```
#[repr(C)]
pub struct WithState<L: Layer, A = <L as Layer>::In, Y = <L as Layer>::Out> {
    /// The layer.
    pub inner: L,
    sequences: PhantomData<fn() -> (A, Y)>,
}

impl<L: Layer, A, Y> WithState<L, A, Y> {
    /// `inner` with its states as input and output.
    pub const fn new(inner: L) -> Self {
        Self { inner, sequences: PhantomData }
    }
}

impl_flat! {
    [L: Layer, A: 'static, Y: 'static] WithState<L, A, Y>: L::Elem {
        inner: L,
    } markers { sequences }
}

impl<L, A, Y, T> WithState<L, A, Y>
where
    T: Scalar,
    L: Recurrent<Elem = T>,
    A: Differentiable<Elem = T> + Sequence<Steps = L::In>,
    Y: Differentiable<Elem = T> + Sequence<Steps = L::Out>,
{
    /// The numbers of h.
    const WIDTH: usize = {
        assert!(A::SHAPE.is_padded() == Y::SHAPE.is_padded(), "what is given is padded where what comes in is");
        <<L::Out as Steps>::Step as Flat>::LEN
    };

    /// Those of c.
    const CELLS: usize = L::State::LEN - Self::WIDTH;

    /// The steps of a sequence, and the given state before them.
    const STATES: usize = L::Out::STEPS + 1;

    /// The given state and those behind all steps.
    const ALL_CELLS: WorkspaceSize = WorkspaceSize::rows(Self::STATES * Self::CELLS);

    /// The steps of all sequences side by side, and the states h.
    const COPIES: WorkspaceSize =
        WorkspaceSize::rows(L::In::LEN).and(WorkspaceSize::rows(Self::STATES * Self::WIDTH)).and(L::STEP);

    /// The steps of all sequences, side by side.
    fn gather(x: &[Pair<A, L::State>], to: &mut [T], run: PassContext<'_>) {
        by_samples(run.parallel(), rows_mut::<L::In>(to), L::In::LEN, |at, to| {
            for (x, to) in x[at..].iter().zip(to) {
                *to = *x.first.all();
            }
        });
    }

    /// A pass forward, in memory for the steps, h and c.
    fn pass(
        x: &[Pair<A, L::State>],
        y: &mut [Pair<Y, L::State>],
        [steps, h, c]: [&mut [T]; 3],
        pass: impl FnOnce(&[T], [&mut [T]; 2]),
        run: PassContext<'_>,
    ) {
        let (width, states) = (Self::WIDTH, Self::STATES);
        Self::gather(x, steps, run);
        for (part, to) in [&mut *h, &mut *c].into_iter().enumerate().take(1 + Self::CELLS / width) {
            by_rows(run.parallel(), to, states * width, |place, to| {
                for (x, to) in x[place / (states * width)..].iter().zip(to.chunks_exact_mut(states * width)) {
                    to[..width].copy_from_slice(&x.second.as_flat()[part * width..][..width]);
                }
            });
        }
        pass(steps, [&mut *h, &mut *c]);
        let (h, c) = (&*h, &*c);
        by_samples(run.parallel(), y, L::Out::LEN, |at, y| {
            for (row, y) in (at..).zip(y) {
                let length = x[row].first.length();
                Self::put(&h[row * states * width..][width..states * width], length, &mut y.first);
                let (to_h, to_c) = y.second.as_flat_mut().split_at_mut(width);
                let last = (row * states + length) * width;
                to_h.copy_from_slice(&h[last..last + width]);
                if Self::CELLS > 0 {
                    to_c.copy_from_slice(&c[last..last + width]);
                }
            }
        });
    }

    /// The first `length` of the states; what stands for padding is 0.
    fn put(states: &[T], length: usize, to: &mut Y) {
        let steps = to.all_mut().as_flat_mut();
        let (counted, padding) = steps.split_at_mut(length * Self::WIDTH);
        counted.copy_from_slice(&states[..counted.len()]);
        padding.fill(T::ZERO);
        to.set_length(length);
    }

    /// h before each step.
    fn gather_before(x: &[Pair<A, L::State>], y: &[Pair<Y, L::State>], to: &mut [T], run: PassContext<'_>) {
        by_samples(run.parallel(), rows_mut::<L::Out>(to), L::Out::LEN, |at, to| {
            for ((x, y), to) in x[at..].iter().zip(&y[at..]).zip(to) {
                let (first, others) = to.as_flat_mut().split_at_mut(Self::WIDTH);
                first.copy_from_slice(&x.second.as_flat()[..Self::WIDTH]);
                others.copy_from_slice(&y.first.all().as_flat()[..others.len()]);
            }
        });
    }

    /// ∂L/∂h behind each step: that of the output, 0 for padding, and that of the last state in its place.
    fn gather_gradient(x: &[Pair<A, L::State>], dy: &[Pair<Y, L::State>], to: &mut [T], run: PassContext<'_>) {
        by_samples(run.parallel(), rows_mut::<L::Out>(to), L::Out::LEN, |at, to| {
            for ((x, dy), to) in x[at..].iter().zip(&dy[at..]).zip(to) {
                *to = *dy.first.all();
                let (counted, padding) = to.as_flat_mut().split_at_mut(x.first.length() * Self::WIDTH);
                padding.fill(T::ZERO);
                let last = counted.len() - Self::WIDTH;
                for (to, d) in counted[last..].iter_mut().zip(dy.second.as_flat()) {
                    *to += *d;
                }
            }
        });
    }
}

impl<L, A, Y, T> Layer for WithState<L, A, Y>
where
    T: Scalar,
    L: Recurrent<Elem = T>,
    A: Differentiable<Elem = T> + Sequence<Steps = L::In>,
    Y: Differentiable<Elem = T> + Sequence<Steps = L::Out>,
{
    type In = Pair<A, L::State>;
    type Out = Pair<Y, L::State>;
    /// No state can do without its activation: the next step reads it.
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "WithState",
        args: &[Arg::Type(L::TREE.name, L::TREE.args)],
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        params: L::TREE.params,
        children: &[],
        flops: L::TREE.flops,
        behaviour: Behaviour::PLAIN.computing(Operation::OfWithState),
    };

    /// What `L` keeps, and c.
    const SAVED: WorkspaceSize = L::KEPT.and(Self::ALL_CELLS);

    /// Forward the copies. Backward the steps, h before each, and the gradients of both, of the first states and of the last c.
    const SCRATCH: WorkspaceSize = {
        let steps = WorkspaceSize::rows(L::In::LEN).and(WorkspaceSize::rows(L::Out::LEN));
        let ends = WorkspaceSize::rows(Self::WIDTH)
            .and(WorkspaceSize::rows(Self::CELLS))
            .and(WorkspaceSize::rows(Self::CELLS));
        Self::COPIES.or(steps.and(steps).and(ends).and(L::SCRATCH))
    };

    const INFER: WorkspaceSize = Self::COPIES.and(Self::ALL_CELLS);

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        let length = x.first.length();
        let mut states = zeros::<L::Out>();
        y.second = x.second;
        let steps = x.first.all().as_steps().iter().zip(states.as_steps_mut());
        for (x, h) in steps.take(length) {
            self.inner.step_from(x.as_flat(), &mut y.second);
            h.as_flat_mut().copy_from_slice(&y.second.as_flat()[..Self::WIDTH]);
        }
        Self::put(states.as_flat(), length, &mut y.first);
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [T], run: PassContext<'_>) {
        let (count, mut scratch) = (x.len(), Workspace::new(scratch, x.len()));
        let memory = [L::In::LEN, Self::STATES * Self::WIDTH, Self::STATES * Self::CELLS];
        let memory = memory.map(|size| scratch.elements(count * size));
        let scratch = scratch.rest();
        Self::pass(x, y, memory, |x, states| self.inner.infer_from(x, states, scratch, run), run);
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        let (count, mut scratch) = (x.len(), Workspace::new(scratch, x.len()));
        let [steps, h] = [L::In::LEN, Self::STATES * Self::WIDTH].map(|size| scratch.elements(count * size));
        let mut saved = Workspace::new(saved, count);
        let (kept, c) = (saved.take(L::KEPT), saved.elements(count * Self::STATES * Self::CELLS));
        let scratch = scratch.rest();
        let pass = |x: &[T], states: [&mut [T]; 2]| self.inner.forward_from(x, states, kept, scratch, run);
        Self::pass(x, y, [steps, h, c], pass, run);
    }

    /// That of `L`, where ∂L/∂hₙ is added to ∂L/∂y of the last step that counts, and ∂L/∂cₙ enters behind it. ∂L/∂s₀ is what comes
    /// out before the first step.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [Self::In]>,
        grad: &mut Self,
        scratch: &mut [T],
        run: PassContext<'_>,
    ) {
        let Trace { x, y, saved } = trace;
        let (count, mut saved) = (x.len(), Workspace::new(saved, x.len()));
        let (kept, cells) = (saved.take(L::KEPT), saved.elements(count * Self::STATES * Self::CELLS));
        let mut scratch = Workspace::new(scratch, count);
        let sizes = [L::In::LEN, L::Out::LEN, L::Out::LEN, L::In::LEN, Self::WIDTH, Self::CELLS, Self::CELLS];
        let [steps, before, d_states, d_steps, d_h, d_c, last_cells] = sizes.map(|size| scratch.elements(count * size));
        Self::gather(x, steps, run);
        Self::gather_before(x, y, before, run);
        Self::gather_gradient(x, dy, d_states, run);
        if Self::CELLS > 0 {
            let dy = &*dy;
            by_rows(run.parallel(), last_cells, Self::CELLS, |place, to| {
                for (dy, to) in dy[place / Self::CELLS..].iter().zip(to.chunks_exact_mut(Self::CELLS)) {
                    to.copy_from_slice(&dy.second.as_flat()[Self::WIDTH..]);
                }
            });
        }
        let pass = BackwardFrom {
            x: steps,
            before,
            kept,
            cells,
            dy: d_states,
            last_cells,
            length: &|sample| x[sample].first.length(),
            dx: dx.is_some().then_some(&mut *d_steps),
            first: [&mut *d_h, &mut *d_c],
        };
        self.inner.backward_from(pass, &mut grad.inner, scratch.rest(), run);
        let Some(dx) = dx else { return };
        let (d_steps, d_h, d_c) = (rows::<L::In>(d_steps), &*d_h, &*d_c);
        by_samples(run.parallel(), dx, Self::In::LEN, |at, dx| {
            for (row, dx) in (at..).zip(dx) {
                // By how many steps count there is no gradient.
                flat_mut(core::slice::from_mut(dx)).fill(T::ZERO);
                *dx.first.all_mut() = d_steps[row];
                let (to_h, to_c) = dx.second.as_flat_mut().split_at_mut(Self::WIDTH);
                to_h.copy_from_slice(&d_h[row * Self::WIDTH..][..Self::WIDTH]);
                to_c.copy_from_slice(&d_c[row * Self::CELLS..][..Self::CELLS]);
            }
        });
    }
}
