//! The convolution of images.

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

/// The two-dimensional convolution a = σ(x ∗ w + b) of an image with F kernels, channels last (what lecture section 13 calls
/// CNNs; LeCun and others 1998).
///
/// With stride s, padding p and dilation d, each for rows and for columns:
/// z\[i]\[j]\[f] = b\[f] + Σ over r, q, c of x\[i·s + r·d − p]\[j·s + q·d − p]\[c] · w\[r]\[q]\[c]\[f], where x is 0 beyond its
/// edges. It is the field's convolution (PyTorch's, Keras's), which does not turn the kernel around.
///
/// # Shapes
/// x is `[[[T; C]; W]; H]`, a is `[[[T; F]; OW]; OH]` with OH = ⌊(H + 2·p − d·(KH − 1) − 1)/s⌋ + 1, and OW in the same way. `CG` is
/// the number of channels that an output sees: `C` of them, or fewer where the channels are cut into C/CG groups, each with
/// its share of the outputs; 1 for a depthwise convolution. `B` is `F`, or 0 for no bias. `S` is [`Strides`]. The activation
/// acts on each element, or on the F numbers of each pixel where it acts on rows, as softmax does.
///
/// In `network!` it is written `Conv2d<16, 3, Relu, stride = 2, pad = 1>`, and all other sizes follow. By hand, sizes that do
/// not agree are an error when the program is built.
///
/// The weight is kept as `[[[[T; F]; CG]; KW]; KH]`, where PyTorch has `[F][CG][KH][KW]`.
///
/// Parameters: KH·KW·CG·F + B.
///
/// ```
/// use typednet_layers::{Conv2d, Network};
///
/// // The difference of each pixel and the one to its right.
/// let edges: Conv2d<2, 3, 1, 1, 1, 2, 1, 1, 2, 2> = Conv2d::new([[[[1.0]], [[-1.0]]]], [0.0]);
/// let image = [[[5.0], [5.0], [1.0]], [[2.0], [3.0], [3.0]]];
/// assert_eq!(edges.predict(&image), [[[0.0], [4.0]], [[-1.0], [0.0]]]);
/// ```
#[repr(C)]
pub struct Conv2d<
    const H: usize,
    const W: usize,
    const C: usize,
    const F: usize,
    const KH: usize,
    const KW: usize,
    const CG: usize,
    const B: usize,
    const OH: usize,
    const OW: usize,
    S = Strides,
    A = Linear,
    T = f32,
> {
    /// `weight[r][q][c][f]` leads from channel c under row r and column q of the kernel to output f.
    pub weight: [[[[T; F]; CG]; KW]; KH],
    /// One bias per output, or none.
    pub bias: [T; B],
    kind: PhantomData<fn() -> (S, A)>,
}

impl_flat! {
    [
        const H: usize, const W: usize, const C: usize, const F: usize, const KH: usize, const KW: usize,
        const CG: usize, const B: usize, const OH: usize, const OW: usize, S: 'static, A: 'static, T: Scalar
    ] Conv2d<H, W, C, F, KH, KW, CG, B, OH, OW, S, A, T>: T {
        weight: [[[[T; F]; CG]; KW]; KH],
        bias: [T; B],
    } markers { kind }
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const F: usize,
    const KH: usize,
    const KW: usize,
    const CG: usize,
    const B: usize,
    const OH: usize,
    const OW: usize,
    S,
    A,
    T,
> Conv2d<H, W, C, F, KH, KW, CG, B, OH, OW, S, A, T>
{
    /// The layer with these parameters.
    pub const fn new(weight: [[[[T; F]; CG]; KW]; KH], bias: [T; B]) -> Self {
        Self { weight, bias, kind: PhantomData }
    }
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const F: usize,
    const KH: usize,
    const KW: usize,
    const CG: usize,
    const B: usize,
    const OH: usize,
    const OW: usize,
    S: Window,
    A: Activation<T>,
    T: Scalar,
> Conv2d<H, W, C, F, KH, KW, CG, B, OH, OW, S, A, T>
{
    /// The sizes, which agree where the program is built.
    pub const CONVOLUTION: Convolution = {
        biases(B, F);
        convolution::<S>([H, W, C], F, [KH, KW], CG, [OH, OW])
    };

    const GROUPS: usize = C / Self::CONVOLUTION.channels_in_group();
    const GROUPS_ARG: Arg = Arg::Size(Self::GROUPS);
    const ARGS: Args = args::<S, 2>(&[Arg::Size(F), Arg::pair([KH, KW]), A::ARG], const { &Self::GROUPS_ARG }, B > 0);
    const PARAMETERS: [Param; 2] = params(
        [<[[[[T; F]; CG]; KW]; KH]>::SHAPE, Shape::new(&[B])],
        A::INIT,
        [KH * KW * CG, KH * KW * F / Self::GROUPS],
    );

    fn operation(&self) -> Direct<'_, T> {
        Direct { sizes: const { &Self::CONVOLUTION }, weight: self.weight.as_flat(), bias: &self.bias }
    }
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const F: usize,
    const KH: usize,
    const KW: usize,
    const CG: usize,
    const B: usize,
    const OH: usize,
    const OW: usize,
    S: Window,
    A: Activation<T>,
    T: Scalar,
> Layer for Conv2d<H, W, C, F, KH, KW, CG, B, OH, OW, S, A, T>
{
    type In = [[[T; C]; W]; H];
    type Out = [[[T; F]; OW]; OH];
    type Head = A;

    const TREE: LayerInfo = LayerInfo {
        name: "Conv2d",
        args: const { &Self::ARGS }.as_slice(),
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        params: present(const { &Self::PARAMETERS }, B),
        children: &[],
        flops: flops(&Self::CONVOLUTION, [OH, OW], B),
        behaviour: Behaviour::PLAIN
            .computing(Operation::OfConvolution { window: Sliding::of::<S>([KH, KW]), groups: Self::GROUPS })
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

    /// With δ = ∂L/∂a ⊙ σ'(z): ∂L/∂w\[r]\[q]\[c]\[f] = Σ over images, i, j of x\[i·s + r·d − p]\[j·s + q·d − p]\[c] ·
    /// δ\[i]\[j]\[f]; ∂L/∂b = Σ δ over images and pixels; ∂L/∂x\[u]\[v]\[c] = Σ of δ\[i]\[j]\[f] · w\[r]\[q]\[c]\[f] over all
    /// i, j, r, q, f with i·s + r·d − p = u and j·s + q·d − p = v.
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
