//! The gated recurrent unit.

use typednet_tensor::recurrent::{self, Gradients, GruGradients, Sizes};
use typednet_tensor::{Flat, Sample, Scalar, flat, flat_mut, impl_flat, zeros};

use super::params;
use super::{BackwardFrom, Recurrent};
use crate::{
    Arg, Behaviour, Layer, LayerInfo, Linear, Operation, Param, PassContext, Streaming, Trace, Workspace, WorkspaceSize,
};

/// The gated recurrent unit (Cho and others 2014) over the N steps of a sequence, as `PyTorch` has it: with the state hₜ₋₁ of the step
/// before, which is 0 before the first,
///
/// ```text
/// r = σ(x·Wᵣ + hₜ₋₁·Uᵣ + bᵣ)      z = σ(x·W_z + hₜ₋₁·U_z + b_z)
/// n = tanh(x·Wₙ + bₙ + r ⊙ (hₜ₋₁·Uₙ + bᵤ))
/// hₜ = (1 − z) ⊙ n + z ⊙ hₜ₋₁
/// ```
///
/// It gives hₜ of every step; [`Last`](crate::Last) behind it takes the last one. It does with three products for the state what an
/// [`Lstm`](crate::Lstm) does with four.
///
/// # Shapes
/// x is `[[T; C]; N]`, y is `[[T; H]; N]`. In `network!` it is written `Gru<H>`.
///
/// The weights are kept as `input[c][gate][h]` and `state[h'][gate][h]` with r, z, n in this order, where `PyTorch` has `[3·H][C]` and
/// `[3·H][H]` in the same order. `PyTorch`'s two biases of r and of z, which are always added, are one; those of n are two, since r
/// stands between them.
///
/// At first weights and biases are uniform in ±1/√H, as in `PyTorch`.
///
/// Parameters: 3·H·(C + H + 1) + H.
///
/// ```
/// use typednet_layers::{Gru, Network, Stream, Streaming};
///
/// // Three steps of two numbers, of which four states are made.
/// type Layer = Gru<3, 2, 4>;
/// let gru = Layer::seeded(0);
/// let steps = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]];
/// let states = gru.predict(&steps);
///
/// // The same step by step: the states have the same bits.
/// let mut stream = Stream::<Layer>::new();
/// assert_eq!(steps.map(|x| gru.step(&mut stream, &x)), states);
/// ```
#[repr(C)]
pub struct Gru<const N: usize, const C: usize, const H: usize, T = f32> {
    /// W: `input[c][gate][h]` leads from number c of a step to unit h of r, z or n.
    pub input: [[[T; H]; 3]; C],
    /// U: `state[k][gate][h]` leads from state k of the step before.
    pub state: [[[T; H]; 3]; H],
    /// b: `bias[gate][h]`.
    pub bias: [[T; H]; 3],
    /// bᵤ, which r multiplies.
    pub state_bias: [T; H],
}

impl_flat! {
    [const N: usize, const C: usize, const H: usize, T: Scalar] Gru<N, C, H, T>: T {
        input: [[[T; H]; 3]; C],
        state: [[[T; H]; 3]; H],
        bias: [[T; H]; 3],
        state_bias: [T; H],
    }
}

/// What r, z and n are at a step.
type Gates<const H: usize, T> = [[T; H]; 3];

impl<const N: usize, const C: usize, const H: usize, T: Scalar> Gru<N, C, H, T> {
    const SIZES: Sizes = params::sizes(N, C, H);

    const PARAMETERS: [Param; 4] = [
        params::weight("input", <[Gates<H, T>; C]>::SHAPE, C, H),
        params::weight("state", <[Gates<H, T>; H]>::SHAPE, H, H),
        params::bias("bias", Gates::<H, T>::SHAPE, Self::SIZES),
        params::bias("state_bias", <[T; H]>::SHAPE, Self::SIZES),
    ];

    const PACKED: WorkspaceSize = params::packed(Self::SIZES, 3);

    const TURNED: WorkspaceSize = params::turned(Self::SIZES, 3);

    fn passes(&self) -> recurrent::Gru<'_, T> {
        let (input, state, bias) = (self.input.as_flat(), self.state.as_flat(), self.bias.as_flat());
        recurrent::Gru { sizes: Self::SIZES, input, state, bias, state_bias: &self.state_bias }
    }

    /// The same from a first state that is given.
    fn given(&self) -> recurrent::Gru<'_, T> {
        recurrent::Gru { sizes: params::given(Self::SIZES), ..self.passes() }
    }

    /// Where the gradients of the parameters go.
    fn gradients(&mut self) -> GruGradients<'_, T> {
        let (input, state, bias) = (self.input.as_flat_mut(), self.state.as_flat_mut(), self.bias.as_flat_mut());
        GruGradients { gates: Gradients { input, state, bias }, state_bias: &mut self.state_bias }
    }
}

impl<const N: usize, const C: usize, const H: usize, T: Scalar> Layer for Gru<N, C, H, T> {
    type In = [[T; C]; N];
    type Out = [[T; H]; N];
    /// No state can do without its activation: the next step reads it.
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Gru",
        args: &[Arg::Size(H)],
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        params: &Self::PARAMETERS,
        children: &[],
        flops: params::flops(Self::SIZES, 3) + (N * H) as u64,
        behaviour: Behaviour::PLAIN.computing(Operation::OfGru),
    };

    /// r, z, n and hₜ₋₁·Uₙ + bᵤ of all steps.
    const SAVED: WorkspaceSize =
        WorkspaceSize::rows(<[Gates<H, T>; N]>::LEN).and(WorkspaceSize::rows(<[[T; H]; N]>::LEN));

    /// Forward what the state brings into the gates of one step, and copies of the weights. Backward the gradients of hₜ₋₁·U, and Uᵀ.
    const SCRATCH: WorkspaceSize = WorkspaceSize::rows(Gates::<H, T>::LEN).and(Self::PACKED.or(Self::TURNED));

    /// What x and the state bring into the gates of one step, and copies of the weights.
    const INFER: WorkspaceSize =
        WorkspaceSize::rows(Gates::<H, T>::LEN).and(WorkspaceSize::rows(Gates::<H, T>::LEN)).and(Self::PACKED);

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        let mut state = zeros();
        for (at, (x, y)) in x.iter().zip(y).enumerate() {
            self.step_into(&mut state, at, x, y);
        }
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [T], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let (gates, by_state) = (scratch.samples::<Gates<H, T>>(), scratch.samples::<Gates<H, T>>());
        let (memory, packed) = ((flat_mut(gates), flat_mut(by_state)), scratch.take(Self::PACKED));
        self.passes().infer(flat(x), flat_mut(y), memory, packed, run.parallel());
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        let mut saved = Workspace::new(saved, x.len());
        let (gates, kept) = (saved.samples::<[Gates<H, T>; N]>(), saved.samples::<[[T; H]; N]>());
        let mut scratch = Workspace::new(scratch, x.len());
        let (by_state, packed) = (scratch.samples::<Gates<H, T>>(), scratch.take(Self::PACKED));
        let kept = (flat_mut(gates), flat_mut(kept));
        self.passes().forward(flat(x), flat_mut(y), kept, (flat_mut(by_state), packed), run.parallel());
    }

    /// Back through time, from the last step to the first, with m = hₜ₋₁·Uₙ + bᵤ and δ for what goes into r, z, n and for m:
    ///
    /// ```text
    /// δz = ∂L/∂h ⊙ (hₜ₋₁ − n) ⊙ z(1 − z)   δn = ∂L/∂h ⊙ (1 − z) ⊙ (1 − n²)
    /// δm = δn ⊙ r                            δr = δn ⊙ m ⊙ r(1 − r)
    /// ∂L/∂hₜ₋₁ = ∂L/∂yₜ₋₁ + ∂L/∂hₜ ⊙ z + (δr, δz, δm)·Uᵀ
    /// ```
    ///
    /// Then over all steps ∂L/∂W = Σ xᵀ(δr, δz, δn), ∂L/∂U = Σ hₜ₋₁ᵀ(δr, δz, δm), ∂L/∂b and ∂L/∂bᵤ are their sums, and
    /// ∂L/∂x = (δr, δz, δn)·Wᵀ.
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
        let mut saved = Workspace::new(trace.saved, rows);
        let (gates, kept) = (saved.samples::<[Gates<H, T>; N]>(), saved.samples::<[[T; H]; N]>());
        let mut scratch = Workspace::new(scratch, rows);
        let (by_state, turned) = (scratch.samples::<Gates<H, T>>(), scratch.elements(Self::SIZES.turned(3)));
        let gradients = (!run.is_frozen()).then(|| grad.gradients());
        self.passes().backward(
            (flat(trace.x), flat(trace.y)),
            (flat_mut(gates), flat_mut(kept)),
            flat_mut(dy),
            (flat_mut(by_state), turned),
            gradients,
            dx.map(flat_mut),
            None,
            run.parallel(),
        );
    }
}

impl<const N: usize, const C: usize, const H: usize, T: Scalar> Recurrent for Gru<N, C, H, T> {
    type State = [T; H];

    const KEPT: WorkspaceSize = Self::SAVED;

    const STEP: WorkspaceSize = Self::INFER;

    fn step_from(&self, x: &[T], state: &mut [T; H]) {
        let (mut gates, mut by_state) = (zeros::<Gates<H, T>>(), zeros::<Gates<H, T>>());
        self.passes().step(x, (gates.as_flat_mut(), by_state.as_flat_mut()), state);
    }

    fn infer_from(&self, x: &[T], [h, _]: [&mut [T]; 2], scratch: &mut [T], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len() / Self::In::LEN);
        let (gates, by_state) = (scratch.samples::<Gates<H, T>>(), scratch.samples::<Gates<H, T>>());
        let (memory, packed) = ((flat_mut(gates), flat_mut(by_state)), scratch.take(Self::PACKED));
        self.given().infer(x, h, memory, packed, run.parallel());
    }

    fn forward_from(&self, x: &[T], [h, _]: [&mut [T]; 2], kept: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        let rows = x.len() / Self::In::LEN;
        let mut kept = Workspace::new(kept, rows);
        let (gates, kept) = (kept.samples::<[Gates<H, T>; N]>(), kept.samples::<[[T; H]; N]>());
        let mut scratch = Workspace::new(scratch, rows);
        let (by_state, packed) = (scratch.samples::<Gates<H, T>>(), scratch.take(Self::PACKED));
        let kept = (flat_mut(gates), flat_mut(kept));
        self.given().forward(x, h, kept, (flat_mut(by_state), packed), run.parallel());
    }

    fn backward_from(&self, pass: BackwardFrom<'_, T>, grad: &mut Self, scratch: &mut [T], run: PassContext<'_>) {
        let rows = pass.x.len() / Self::In::LEN;
        let mut kept = Workspace::new(pass.kept, rows);
        let (gates, kept) = (kept.samples::<[Gates<H, T>; N]>(), kept.samples::<[[T; H]; N]>());
        let mut scratch = Workspace::new(scratch, rows);
        let (by_state, turned) = (scratch.samples::<Gates<H, T>>(), scratch.elements(Self::SIZES.turned(3)));
        let [first, _] = pass.first;
        self.given().backward(
            (pass.x, pass.before),
            (flat_mut(gates), flat_mut(kept)),
            pass.dy,
            (flat_mut(by_state), turned),
            (!run.is_frozen()).then(|| grad.gradients()),
            pass.dx,
            Some(first),
            run.parallel(),
        );
    }
}

/// A step has the bits of the same step in a whole sequence, unless the portable lane leaves large products to `matrixmultiply`.
#[diagnostic::do_not_recommend]
impl<const N: usize, const C: usize, const H: usize, T: Scalar> Streaming for Gru<N, C, H, T> {
    type StepIn = [T; C];
    type StepOut = [T; H];
    type State = [T; H];

    fn step_into(&self, state: &mut [T; H], _: usize, x: &[T; C], y: &mut [T; H]) {
        let (mut gates, mut by_state) = (zeros::<Gates<H, T>>(), zeros::<Gates<H, T>>());
        self.passes().step(x, (gates.as_flat_mut(), by_state.as_flat_mut()), state);
        *y = *state;
    }
}
