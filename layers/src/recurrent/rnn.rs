//! The simple recurrent layer.

use core::marker::PhantomData;

use typednet_tensor::recurrent::{self, Gradients, Sizes};
use typednet_tensor::{Flat, Sample, Scalar, flat, flat_mut, impl_flat, zeros};

use super::params;
use super::{BackwardFrom, Recurrent};
use crate::threads::by_rows;
use crate::{
    Activation, Arg, Behaviour, Layer, LayerInfo, Linear, Operation, Param, PassContext, SavesForBackward, Streaming,
    Tanh, Trace, Workspace, WorkspaceSize,
};

/// The simple recurrent layer (Elman 1990) over the N steps of a sequence: hₜ = σ(x·W + hₜ₋₁·U + b), where hₜ₋₁ is the state of the step
/// before, which is 0 before the first, and σ is tanh or another activation.
///
/// It gives hₜ of every step; [`Last`](crate::Last) behind it takes the last one. The gradient of an early step is a product of as
/// many factors Uᵀ·diag(σ') as there are steps behind it, and vanishes or grows with their number: an [`Lstm`](crate::Lstm) or a
/// [`Gru`](crate::Gru) remembers longer.
///
/// # Shapes
/// x is `[[T; C]; N]`, y is `[[T; H]; N]`. In `network!` it is written `Rnn<H>` or `Rnn<H, Relu>`.
///
/// The weights are kept as `input[c][h]` and `state[h'][h]`, the transposes of `PyTorch`'s. There is one bias, the sum of `PyTorch`'s two,
/// which are always added.
///
/// At first weights and biases are uniform in ±1/√H, as in `PyTorch`.
///
/// Parameters: H·(C + H + 1).
///
/// ```
/// use typednet_layers::{Linear, Network, Rnn};
///
/// // The running sum, of which each step keeps a half.
/// let sum = Rnn::<3, 1, 1, Linear>::new([[1.0]], [[0.5]], [0.0]);
/// assert_eq!(sum.predict(&[[4.0], [4.0], [0.0]]), [[4.0], [6.0], [3.0]]);
/// ```
#[repr(C)]
pub struct Rnn<const N: usize, const C: usize, const H: usize, A = Tanh, T = f32> {
    /// W: `input[c][h]` leads from number c of a step to unit h.
    pub input: [[T; H]; C],
    /// U: `state[k][h]` leads from state k of the step before.
    pub state: [[T; H]; H],
    /// b
    pub bias: [T; H],
    activation: PhantomData<fn() -> A>,
}

impl_flat! {
    [const N: usize, const C: usize, const H: usize, A: 'static, T: Scalar] Rnn<N, C, H, A, T>: T {
        input: [[T; H]; C],
        state: [[T; H]; H],
        bias: [T; H],
    } markers { activation }
}

impl<const N: usize, const C: usize, const H: usize, A, T> Rnn<N, C, H, A, T> {
    /// The layer with these parameters.
    pub const fn new(input: [[T; H]; C], state: [[T; H]; H], bias: [T; H]) -> Self {
        Self { input, state, bias, activation: PhantomData }
    }
}

impl<const N: usize, const C: usize, const H: usize, A: Activation<T>, T: Scalar> Rnn<N, C, H, A, T> {
    const SIZES: Sizes = params::sizes(N, C, H);

    const PARAMETERS: [Param; 3] = [
        params::weight("input", <[[T; H]; C]>::SHAPE, C, H),
        params::weight("state", <[[T; H]; H]>::SHAPE, H, H),
        params::bias("bias", <[T; H]>::SHAPE, Self::SIZES),
    ];

    const PACKED: WorkspaceSize = params::packed(Self::SIZES, 1);

    const TURNED: WorkspaceSize = params::turned(Self::SIZES, 1);

    /// One step, and copies of the weights.
    fn step_memory(scratch: &mut [T], rows: usize) -> (&mut [T], &mut [T]) {
        let mut scratch = Workspace::new(scratch, rows);
        (flat_mut(scratch.samples::<[T; H]>()), scratch.take(Self::PACKED))
    }

    fn passes(&self) -> recurrent::Rnn<'_, T> {
        let (input, state) = (self.input.as_flat(), self.state.as_flat());
        recurrent::Rnn { sizes: Self::SIZES, input, state, bias: &self.bias }
    }

    /// The same from a first state that is given.
    fn given(&self) -> recurrent::Rnn<'_, T> {
        recurrent::Rnn { sizes: params::given(Self::SIZES), ..self.passes() }
    }

    /// Where the gradients of the parameters go.
    fn gradients(&mut self) -> Gradients<'_, T> {
        let (input, state) = (self.input.as_flat_mut(), self.state.as_flat_mut());
        Gradients { input, state, bias: &mut self.bias }
    }
}

impl<const N: usize, const C: usize, const H: usize, A: Activation<T>, T: Scalar> Layer for Rnn<N, C, H, A, T> {
    type In = [[T; C]; N];
    type Out = [[T; H]; N];
    /// No state can do without its activation: the next step reads it.
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Rnn",
        args: &[Arg::Size(H), A::ARG],
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        params: &Self::PARAMETERS,
        children: &[],
        flops: params::flops(Self::SIZES, 1),
        behaviour: Behaviour::PLAIN.computing(Operation::OfRnn).ending_with::<A, T>(),
    };

    /// z of all steps, where the derivative of the activation is not a function of h.
    const SAVED: WorkspaceSize = match A::KEEPS {
        SavesForBackward::Output => WorkspaceSize::NONE,
        SavesForBackward::Input => WorkspaceSize::rows(<[[T; H]; N]>::LEN),
    };

    /// One step, and copies of the weights; backward of Uᵀ.
    const SCRATCH: WorkspaceSize = WorkspaceSize::rows(H).and(Self::PACKED.or(Self::TURNED));

    /// One step, and copies of the weights.
    const INFER: WorkspaceSize = WorkspaceSize::rows(H).and(Self::PACKED);

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        let mut state = zeros();
        for (at, (x, y)) in x.iter().zip(y).enumerate() {
            self.step_into(&mut state, at, x, y);
        }
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [T], run: PassContext<'_>) {
        let memory = Self::step_memory(scratch, x.len());
        self.passes().forward(flat(x), flat_mut(y), None, memory, &|z: &mut [T]| A::apply(z, H), run.parallel());
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        let z = match A::KEEPS {
            SavesForBackward::Output => None,
            SavesForBackward::Input => Some(flat_mut(Workspace::new(saved, x.len()).samples::<[[T; H]; N]>())),
        };
        let memory = Self::step_memory(scratch, x.len());
        self.passes().forward(flat(x), flat_mut(y), z, memory, &|z: &mut [T]| A::apply(z, H), run.parallel());
    }

    /// Back through time, from the last step to the first: δₜ = (∂L/∂yₜ + δₜ₊₁·Uᵀ) ⊙ σ'(zₜ). Then over all steps ∂L/∂W = Σ xᵀδ,
    /// ∂L/∂U = Σ hₜ₋₁ᵀδ, ∂L/∂b = Σ δ and ∂L/∂x = δ·Wᵀ.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [Self::In]>,
        grad: &mut Self,
        scratch: &mut [T],
        run: PassContext<'_>,
    ) {
        let rows = trace.x.len();
        let kept = match A::KEEPS {
            SavesForBackward::Output => flat(trace.y),
            SavesForBackward::Input => flat(Workspace::new(trace.saved, rows).samples::<[[T; H]; N]>()),
        };
        let mut scratch = Workspace::new(scratch, rows);
        let (now, turned) = (scratch.samples::<[T; H]>(), scratch.elements(Self::SIZES.turned(1)));
        let gradients = (!run.is_frozen()).then(|| grad.gradients());
        self.passes().backward(
            (flat(trace.x), flat(trace.y)),
            kept,
            flat_mut(dy),
            (flat_mut(now), turned),
            &|kept: &[T], dy: &mut [T]| A::backward(kept, dy, H),
            gradients,
            dx.map(flat_mut),
            None,
            run.parallel(),
        );
    }
}

impl<const N: usize, const C: usize, const H: usize, A: Activation<T>, T: Scalar> Recurrent for Rnn<N, C, H, A, T> {
    type State = [T; H];

    /// Of all steps h, or z where the derivative of the activation is not a function of h.
    const KEPT: WorkspaceSize = WorkspaceSize::rows(<[[T; H]; N]>::LEN);

    const STEP: WorkspaceSize = Self::INFER;

    fn step_from(&self, x: &[T], state: &mut [T; H]) {
        self.passes().step(x, &mut zeros::<[T; H]>(), state, &|z: &mut [T]| A::apply(z, H));
    }

    fn infer_from(&self, x: &[T], [h, _]: [&mut [T]; 2], scratch: &mut [T], run: PassContext<'_>) {
        let memory = Self::step_memory(scratch, x.len() / Self::In::LEN);
        self.given().forward(x, h, None, memory, &|z: &mut [T]| A::apply(z, H), run.parallel());
    }

    fn forward_from(&self, x: &[T], [h, _]: [&mut [T]; 2], kept: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        let rows = x.len() / Self::In::LEN;
        let kept = flat_mut(Workspace::new(kept, rows).samples::<[[T; H]; N]>());
        match A::KEEPS {
            SavesForBackward::Output => {
                self.infer_from(x, [&mut *h, &mut []], scratch, run);
                by_rows(run.parallel(), kept, N * H, |place, kept| {
                    let h = h[place / N * (N + 1)..].chunks_exact((N + 1) * H);
                    for (kept, h) in kept.chunks_exact_mut(N * H).zip(h) {
                        kept.copy_from_slice(&h[H..]);
                    }
                });
            }
            SavesForBackward::Input => {
                let memory = Self::step_memory(scratch, rows);
                self.given().forward(x, h, Some(kept), memory, &|z: &mut [T]| A::apply(z, H), run.parallel());
            }
        }
    }

    fn backward_from(&self, pass: BackwardFrom<'_, T>, grad: &mut Self, scratch: &mut [T], run: PassContext<'_>) {
        let rows = pass.x.len() / Self::In::LEN;
        let kept = flat(Workspace::new(pass.kept, rows).samples::<[[T; H]; N]>());
        let mut scratch = Workspace::new(scratch, rows);
        let (now, turned) = (scratch.samples::<[T; H]>(), scratch.elements(Self::SIZES.turned(1)));
        let [first, _] = pass.first;
        self.given().backward(
            (pass.x, pass.before),
            kept,
            pass.dy,
            (flat_mut(now), turned),
            &|kept: &[T], dy: &mut [T]| A::backward(kept, dy, H),
            (!run.is_frozen()).then(|| grad.gradients()),
            pass.dx,
            Some(first),
            run.parallel(),
        );
    }
}

/// A step has the bits of the same step in a whole sequence, unless the portable lane leaves large products to `matrixmultiply`.
#[diagnostic::do_not_recommend]
impl<const N: usize, const C: usize, const H: usize, A: Activation<T>, T: Scalar> Streaming for Rnn<N, C, H, A, T> {
    type StepIn = [T; C];
    type StepOut = [T; H];
    type State = [T; H];

    fn step_into(&self, state: &mut [T; H], _: usize, x: &[T; C], y: &mut [T; H]) {
        self.passes().step(x, y, state, &|z: &mut [T]| A::apply(z, H));
    }
}
