//! The long short-term memory.

use typednet_tensor::recurrent::{self, Ends, Gradients, Sizes};
use typednet_tensor::{Flat, Sample, Scalar, flat, flat_mut, impl_flat, zeros};

use super::params;
use super::{BackwardFrom, Recurrent};
use crate::{
    Arg, Behaviour, Layer, LayerInfo, Linear, Operation, Param, PassContext, Streaming, Trace, Workspace, WorkspaceSize,
};

/// The long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers and others 2000) over the N steps of a
/// sequence, as `PyTorch` has it: with the states hₜ₋₁ and cₜ₋₁ of the step before, which are 0 before the first,
///
/// ```text
/// i = σ(x·Wᵢ + hₜ₋₁·Uᵢ + bᵢ)      f = σ(x·W_f + hₜ₋₁·U_f + b_f)
/// g = tanh(x·W_g + hₜ₋₁·U_g + b_g)  o = σ(x·Wₒ + hₜ₋₁·Uₒ + bₒ)
/// cₜ = f ⊙ cₜ₋₁ + i ⊙ g            hₜ = o ⊙ tanh cₜ
/// ```
///
/// It gives hₜ of every step; [`Last`](crate::Last) behind it takes the last one. What c carries goes on through steps whose f is near
/// 1, and so does its gradient, which vanishes in a simple [`Rnn`](crate::Rnn).
///
/// # Shapes
/// x is `[[T; C]; N]`, y is `[[T; H]; N]`. In `network!` it is written `Lstm<H>`.
///
/// The weights are kept as `input[c][gate][h]` and `state[h'][gate][h]` with the gates i, f, g, o, where `PyTorch` has
/// `[4·H][C]` and `[4·H][H]` in the same order of gates. There is one bias for a gate, the sum of `PyTorch`'s two, which are always added.
///
/// At first weights and biases are uniform in ±1/√H, as in `PyTorch`.
///
/// Parameters: 4·H·(C + H + 1).
///
/// ```
/// use typednet_layers::{Lstm, LstmState, Network, Stream, Streaming};
///
/// // Three steps of two numbers, of which four states are made.
/// type Layer = Lstm<3, 2, 4>;
/// let lstm = Layer::seeded(0);
/// let states = lstm.predict(&[[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]);
///
/// // The same step by step: the states have the same bits. Other states than 0 to begin with are written to the stream.
/// let mut stream = Stream::<Layer>::new();
/// let first = lstm.step(&mut stream, &[0.1, 0.2]);
/// assert_eq!(first, states[0]);
/// stream.state = LstmState { h: [0.0; 4], c: [1.0; 4] };
/// assert_ne!(lstm.step(&mut stream, &[0.3, 0.4]), states[1]);
/// ```
#[repr(C)]
pub struct Lstm<const N: usize, const C: usize, const H: usize, T = f32> {
    /// W: `input[c][gate][h]` leads from number c of a step to unit h of a gate.
    pub input: [[[T; H]; 4]; C],
    /// U: `state[k][gate][h]` leads from state k of the step before.
    pub state: [[[T; H]; 4]; H],
    /// b: `bias[gate][h]`.
    pub bias: [[T; H]; 4],
}

impl_flat! {
    [const N: usize, const C: usize, const H: usize, T: Scalar] Lstm<N, C, H, T>: T {
        input: [[[T; H]; 4]; C],
        state: [[[T; H]; 4]; H],
        bias: [[T; H]; 4],
    }
}

/// The states of an [`Lstm`] behind a step.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LstmState<const H: usize, T = f32> {
    /// What it has given.
    pub h: [T; H],
    /// What its cells hold.
    pub c: [T; H],
}

impl_flat! {
    [const H: usize, T: Scalar] LstmState<H, T>: T {
        h: [T; H],
        c: [T; H],
    }
}

/// What the gates of a step give.
type Gates<const H: usize, T> = [[T; H]; 4];

impl<const N: usize, const C: usize, const H: usize, T: Scalar> Lstm<N, C, H, T> {
    const SIZES: Sizes = params::sizes(N, C, H);

    const PARAMETERS: [Param; 3] = [
        params::weight("input", <[Gates<H, T>; C]>::SHAPE, C, H),
        params::weight("state", <[Gates<H, T>; H]>::SHAPE, H, H),
        params::bias("bias", Gates::<H, T>::SHAPE, Self::SIZES),
    ];

    const PACKED: WorkspaceSize = params::packed(Self::SIZES, 4);

    const TURNED: WorkspaceSize = params::turned(Self::SIZES, 4);

    fn passes(&self) -> recurrent::Lstm<'_, T> {
        let (input, state, bias) = (self.input.as_flat(), self.state.as_flat(), self.bias.as_flat());
        recurrent::Lstm { sizes: Self::SIZES, input, state, bias }
    }

    /// The same from first states that are given.
    fn given(&self) -> recurrent::Lstm<'_, T> {
        recurrent::Lstm { sizes: params::given(Self::SIZES), ..self.passes() }
    }

    /// Where the gradients of the parameters go.
    fn gradients(&mut self) -> Gradients<'_, T> {
        let (input, state, bias) = (self.input.as_flat_mut(), self.state.as_flat_mut(), self.bias.as_flat_mut());
        Gradients { input, state, bias }
    }
}

impl<const N: usize, const C: usize, const H: usize, T: Scalar> Layer for Lstm<N, C, H, T> {
    type In = [[T; C]; N];
    type Out = [[T; H]; N];
    /// No state can do without its activation: the next step reads it.
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Lstm",
        args: &[Arg::Size(H)],
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        params: &Self::PARAMETERS,
        children: &[],
        flops: params::flops(Self::SIZES, 4),
        behaviour: Behaviour::PLAIN.computing(Operation::OfLstm),
    };

    /// What the gates give and what the cells hold, of all steps.
    const SAVED: WorkspaceSize =
        WorkspaceSize::rows(<[Gates<H, T>; N]>::LEN).and(WorkspaceSize::rows(<[[T; H]; N]>::LEN));

    /// Forward copies of the weights. Backward ∂L/∂c and Uᵀ.
    const SCRATCH: WorkspaceSize = Self::PACKED.or(WorkspaceSize::rows(H).and(Self::TURNED));

    /// The gates and cells of one step, and copies of the weights.
    const INFER: WorkspaceSize = WorkspaceSize::rows(Gates::<H, T>::LEN).and(WorkspaceSize::rows(H)).and(Self::PACKED);

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        let mut state = zeros();
        for (at, (x, y)) in x.iter().zip(y).enumerate() {
            self.step_into(&mut state, at, x, y);
        }
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [T], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let (gates, cells) = (scratch.samples::<Gates<H, T>>(), scratch.samples::<[T; H]>());
        let (memory, packed) = ((flat_mut(gates), flat_mut(cells)), scratch.take(Self::PACKED));
        self.passes().infer(flat(x), flat_mut(y), memory, packed, run.parallel());
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        let mut saved = Workspace::new(saved, x.len());
        let (gates, cells) = (saved.samples::<[Gates<H, T>; N]>(), saved.samples::<[[T; H]; N]>());
        let packed = Workspace::new(scratch, x.len()).take(Self::PACKED);
        self.passes().forward(flat(x), flat_mut(y), (flat_mut(gates), flat_mut(cells)), packed, run.parallel());
    }

    /// Back through time, from the last step to the first, with δ for what goes into a gate:
    ///
    /// ```text
    /// ∂L/∂hₜ = ∂L/∂yₜ + δₜ₊₁·Uᵀ         ∂L/∂cₜ = ∂L/∂cₜ₊₁ ⊙ fₜ₊₁ + ∂L/∂hₜ ⊙ o ⊙ (1 − tanh² cₜ)
    /// δᵢ = ∂L/∂c ⊙ g ⊙ i(1 − i)          δ_f = ∂L/∂c ⊙ cₜ₋₁ ⊙ f(1 − f)
    /// δ_g = ∂L/∂c ⊙ i ⊙ (1 − g²)         δₒ = ∂L/∂h ⊙ tanh c ⊙ o(1 − o)
    /// ```
    ///
    /// Then over all steps ∂L/∂W = Σ xᵀδ, ∂L/∂U = Σ hₜ₋₁ᵀδ, ∂L/∂b = Σ δ and ∂L/∂x = δ·Wᵀ.
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
        let (gates, cells) = (saved.samples::<[Gates<H, T>; N]>(), saved.samples::<[[T; H]; N]>());
        let mut scratch = Workspace::new(scratch, rows);
        let (dc, turned) = (scratch.samples::<[T; H]>(), scratch.elements(Self::SIZES.turned(4)));
        let gradients = (!run.is_frozen()).then(|| grad.gradients());
        self.passes().backward(
            (flat(trace.x), flat(trace.y)),
            (flat_mut(gates), flat(cells)),
            flat_mut(dy),
            (flat_mut(dc), turned),
            gradients,
            dx.map(flat_mut),
            None,
            run.parallel(),
        );
    }
}

/// The gates of all steps are kept.
impl<const N: usize, const C: usize, const H: usize, T: Scalar> Recurrent for Lstm<N, C, H, T> {
    type State = [[T; H]; 2];

    const KEPT: WorkspaceSize = WorkspaceSize::rows(<[Gates<H, T>; N]>::LEN);

    const STEP: WorkspaceSize = WorkspaceSize::rows(Gates::<H, T>::LEN).and(Self::PACKED);

    fn step_from(&self, x: &[T], [h, c]: &mut [[T; H]; 2]) {
        self.passes().step(x, zeros::<Gates<H, T>>().as_flat_mut(), (h, c));
    }

    fn infer_from(&self, x: &[T], [h, c]: [&mut [T]; 2], scratch: &mut [T], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len() / Self::In::LEN);
        let (gates, packed) = (scratch.samples::<Gates<H, T>>(), scratch.take(Self::PACKED));
        self.given().infer(x, h, (flat_mut(gates), c), packed, run.parallel());
    }

    fn forward_from(&self, x: &[T], [h, c]: [&mut [T]; 2], kept: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        let rows = x.len() / Self::In::LEN;
        let gates = Workspace::new(kept, rows).samples::<[Gates<H, T>; N]>();
        let packed = Workspace::new(scratch, rows).take(Self::PACKED);
        self.given().forward(x, h, (flat_mut(gates), c), packed, run.parallel());
    }

    fn backward_from(&self, pass: BackwardFrom<'_, T>, grad: &mut Self, scratch: &mut [T], run: PassContext<'_>) {
        let rows = pass.x.len() / Self::In::LEN;
        let gates = Workspace::new(pass.kept, rows).samples::<[Gates<H, T>; N]>();
        let turned = Workspace::new(scratch, rows).elements(Self::SIZES.turned(4));
        let [first, dc] = pass.first;
        self.given().backward(
            (pass.x, pass.before),
            (flat_mut(gates), pass.cells),
            pass.dy,
            (dc, turned),
            (!run.is_frozen()).then(|| grad.gradients()),
            pass.dx,
            Some(Ends { first, last_cells: pass.last_cells, length: pass.length }),
            run.parallel(),
        );
    }
}

/// A step has the bits of the same step in a whole sequence, unless the portable lane leaves large products to `matrixmultiply`.
#[diagnostic::do_not_recommend]
impl<const N: usize, const C: usize, const H: usize, T: Scalar> Streaming for Lstm<N, C, H, T> {
    type StepIn = [T; C];
    type StepOut = [T; H];
    type State = LstmState<H, T>;

    fn step_into(&self, state: &mut LstmState<H, T>, _: usize, x: &[T; C], y: &mut [T; H]) {
        let mut gates = zeros::<Gates<H, T>>();
        self.passes().step(x, gates.as_flat_mut(), (&mut state.h, &mut state.c));
        *y = state.h;
    }
}
