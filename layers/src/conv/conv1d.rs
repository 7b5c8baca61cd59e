//! The convolution of sequences.

use core::marker::PhantomData;

use typednet_tensor::{Flat, Sample, Scalar, Shape, conv::Convolution, flat, flat_mut, impl_flat};

use super::operation::Direct;
use super::sizes::{args, biases, convolution, flops, params, present};
use crate::activated::{self, Kept};
use crate::activation::HasFns;
use crate::{
    Activation, Arg, Behaviour, Layer, LayerInfo, Linear, Operation, Param, PassContext, SavesForBackward, Sliding,
    Strides, Trace, Window, WorkspaceSize, args::Args,
};

/// The one-dimensional convolution a = σ(x ∗ w + b) of a sequence with F kernels, channels last.
///
/// With stride s, padding p and dilation d: z\[i]\[f] = b\[f] + Σ over r, c of x\[i·s + r·d − p]\[c] · w\[r]\[c]\[f], where x is 0
/// beyond its ends. It is a [`Conv2d`](crate::Conv2d) over an image of one column.
///
/// # Shapes
/// x is `[[T; C]; L]`, a is `[[T; F]; OL]` with OL = ⌊(L + 2·p − d·(K − 1) − 1)/s⌋ + 1. `CG` is the number of channels that an output
/// sees, C/groups; `B` is `F`, or 0 for no bias; `S` is `Strides<s, 1, p, 0, d, 1>`. The activation acts on each element, or on
/// the F numbers of each step where it acts on rows.
///
/// In `network!` it is written `Conv1d<16, 3, Relu, stride = 2, pad = 1>`, and all other sizes follow. By hand, sizes that do
/// not agree are an error when the program is built.
///
/// The weight is kept as `[[[T; F]; CG]; K]`, where PyTorch has `[F][CG][K]`.
///
/// Parameters: K·CG·F + B.
///
/// ```
/// use typednet_layers::{Conv1d, Network};
///
/// // The mean of each two steps beside each other.
/// let mean: Conv1d<4, 1, 1, 2, 1, 1, 3> = Conv1d::new([[[0.5]], [[0.5]]], [0.0]);
/// assert_eq!(mean.predict(&[[1.0], [3.0], [7.0], [7.0]]), [[2.0], [5.0], [7.0]]);
/// ```
#[repr(C)]
pub struct Conv1d<
    const L: usize,
    const C: usize,
    const F: usize,
    const K: usize,
    const CG: usize,
    const B: usize,
    const OL: usize,
    S = Strides,
    A = Linear,
    T = f32,
> {
    /// `weight[r][c][f]` leads from channel c under element r of the kernel to output f.
    pub weight: [[[T; F]; CG]; K],
    /// One bias per output, or none.
    pub bias: [T; B],
    kind: PhantomData<fn() -> (S, A)>,
}

impl_flat! {
    [
        const L: usize, const C: usize, const F: usize, const K: usize, const CG: usize, const B: usize,
        const OL: usize, S: 'static, A: 'static, T: Scalar
    ] Conv1d<L, C, F, K, CG, B, OL, S, A, T>: T {
        weight: [[[T; F]; CG]; K],
        bias: [T; B],
    } markers { kind }
}

impl<
    const L: usize,
    const C: usize,
    const F: usize,
    const K: usize,
    const CG: usize,
    const B: usize,
    const OL: usize,
    S,
    A,
    T,
> Conv1d<L, C, F, K, CG, B, OL, S, A, T>
{
    /// The layer with these parameters.
    pub const fn new(weight: [[[T; F]; CG]; K], bias: [T; B]) -> Self {
        Self { weight, bias, kind: PhantomData }
    }
}

impl<
    const L: usize,
    const C: usize,
    const F: usize,
    const K: usize,
    const CG: usize,
    const B: usize,
    const OL: usize,
    S: Window,
    A: Activation<T>,
    T: Scalar,
> Conv1d<L, C, F, K, CG, B, OL, S, A, T>
{
    /// The sizes, which agree where the program is built.
    pub const CONVOLUTION: Convolution = {
        biases(B, F);
        convolution::<S>([L, 1, C], F, [K, 1], CG, [OL, 1])
    };

    const GROUPS: usize = C / Self::CONVOLUTION.channels_in_group();
    const GROUPS_ARG: Arg = Arg::Size(Self::GROUPS);
    const ARGS: Args = args::<S, 1>(&[Arg::Size(F), Arg::Size(K), A::ARG], const { &Self::GROUPS_ARG }, B > 0);
    const PARAMETERS: [Param; 2] =
        params([<[[[T; F]; CG]; K]>::SHAPE, Shape::new(&[B])], A::INIT, [K * CG, K * F / Self::GROUPS]);

    fn operation(&self) -> Direct<'_, T> {
        Direct { sizes: const { &Self::CONVOLUTION }, weight: self.weight.as_flat(), bias: &self.bias }
    }
}

impl<
    const L: usize,
    const C: usize,
    const F: usize,
    const K: usize,
    const CG: usize,
    const B: usize,
    const OL: usize,
    S: Window,
    A: Activation<T>,
    T: Scalar,
> Layer for Conv1d<L, C, F, K, CG, B, OL, S, A, T>
{
    type In = [[T; C]; L];
    type Out = [[T; F]; OL];
    type Head = A;

    const TREE: LayerInfo = LayerInfo {
        name: "Conv1d",
        args: const { &Self::ARGS }.as_slice(),
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        params: present(const { &Self::PARAMETERS }, B),
        children: &[],
        flops: flops(&Self::CONVOLUTION, [OL, 1], B),
        behaviour: Behaviour::PLAIN
            .computing(Operation::OfConvolution { window: Sliding::of::<S>([K, 1]), groups: Self::GROUPS })
            .ending_with::<A, T>(),
    };

    /// z, where the derivative of the activation is not a function of a.
    const SAVED: WorkspaceSize = match A::KEEPS {
        SavesForBackward::Output => WorkspaceSize::NONE,
        SavesForBackward::Input => WorkspaceSize::rows(Self::Out::LEN),
    };

    /// What the input's gradient takes.
    const SCRATCH: WorkspaceSize = WorkspaceSize::fixed(Self::CONVOLUTION.scratch());

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        activated::predict(self.operation(), A::FNS, x.as_flat(), y.as_flat_mut());
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [T], run: PassContext<'_>) {
        activated::infer(self.operation(), A::FNS, flat(x), flat_mut(y), scratch, run);
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        activated::forward(self.operation(), A::FNS, flat(x), flat_mut(y), saved, scratch, run);
    }

    /// With δ = ∂L/∂a ⊙ σ'(z): ∂L/∂w\[r]\[c]\[f] = Σ over sequences and i of x\[i·s + r·d − p]\[c] · δ\[i]\[f]; ∂L/∂b = Σ δ over
    /// sequences and steps; ∂L/∂x\[u]\[c] = Σ of δ\[i]\[f] · w\[r]\[c]\[f] over all i, r, f with i·s + r·d − p = u.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [Self::In]>,
        grad: &mut Self,
        scratch: &mut [T],
        run: PassContext<'_>,
    ) {
        let kept = Kept { x: flat(trace.x), y: flat(trace.y), saved: trace.saved };
        let parameters = (grad.weight.as_flat_mut(), &mut grad.bias[..]);
        let dx = dx.map(flat_mut);
        activated::backward(self.operation(), A::FNS, kept, flat_mut(dy), dx, parameters, scratch, run);
    }
}
