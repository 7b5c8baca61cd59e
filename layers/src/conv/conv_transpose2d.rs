//! The transposed convolution of images.

use core::marker::PhantomData;

use typednet_tensor::{Flat, Sample, Scalar, Shape, conv::Convolution, flat, flat_mut, impl_flat};

use super::operation::Transposed;
use super::sizes::{args, biases, convolution, flops, output_pads, params, present};
use crate::activated::{self, Kept};
use crate::activation::HasFns;
use crate::{
    Activation, Arg, Behaviour, Layer, LayerInfo, Linear, Operation, Param, PassContext, SavesForBackward, Sliding,
    Strides, Trace, Window, WorkspaceSize, args::Args, strides::are,
};

/// The two-dimensional transposed convolution a = σ(x ∗ᵀ w + b), which makes a larger image of a small one: each pixel of x
/// is written over the image as a kernel that it is multiplied with, and what overlaps is added (Zeiler and others 2010).
///
/// With stride s, padding p and dilation d, each for rows and for columns: z\[u]\[v]\[f] = b\[f] + Σ of x\[i]\[j]\[c] ·
/// w\[r]\[q]\[f]\[c] over all i, j, r, q, c with i·s + r·d − p = u and j·s + q·d − p = v. That is the gradient of the input of a
/// convolution from z to x, so its own backward pass is that convolution.
///
/// # Shapes
/// x is `[[[T; C]; W]; H]`, a is `[[[T; F]; OW]; OH]` with OH = (H − 1)·s − 2·p + d·(KH − 1) + o + 1, and OW in the same way. The
/// output padding o says which of the s images it is whose convolution would give x, since that rounds down; so it is less
/// than s, and follows from `OH`. `B` is `F`, or 0 for no bias; `S` is [`Strides`]. The activation acts on each element, or on
/// the F numbers of each pixel where it acts on rows.
///
/// In `network!` it is written `ConvTranspose2d<16, 3, Relu, stride = 2, pad = 1, output_pad = 1>`, and all other sizes follow.
/// By hand, sizes that do not agree are an error when the program is built.
///
/// The weight is kept as `[[[[T; C]; F]; KW]; KH]`, where PyTorch has `[C][F][KH][KW]`. At first it is drawn for KH·KW·C/s² (rounded
/// up) products in each sum, of which there are that many on average.
///
/// Parameters: KH·KW·F·C + B.
///
/// ```
/// use typednet_layers::{ConvTranspose2d, Network, Strides};
///
/// let twice: ConvTranspose2d<1, 2, 1, 1, 1, 2, 1, 1, 4, Strides<1, 2>> =
///     ConvTranspose2d::new([[[[1.0]], [[10.0]]]], [0.5]);
/// assert_eq!(twice.predict(&[[[1.0], [2.0]]]), [[[1.5], [10.5], [2.5], [20.5]]]);
/// ```
#[repr(C)]
pub struct ConvTranspose2d<
    const H: usize,
    const W: usize,
    const C: usize,
    const F: usize,
    const KH: usize,
    const KW: usize,
    const B: usize,
    const OH: usize,
    const OW: usize,
    S = Strides,
    A = Linear,
    T = f32,
> {
    /// `weight[r][q][f][c]` leads from channel c to output f under row r and column q of the kernel.
    pub weight: [[[[T; C]; F]; KW]; KH],
    /// One bias per output, or none.
    pub bias: [T; B],
    kind: PhantomData<fn() -> (S, A)>,
}

impl_flat! {
    [
        const H: usize, const W: usize, const C: usize, const F: usize, const KH: usize, const KW: usize,
        const B: usize, const OH: usize, const OW: usize, S: 'static, A: 'static, T: Scalar
    ] ConvTranspose2d<H, W, C, F, KH, KW, B, OH, OW, S, A, T>: T {
        weight: [[[[T; C]; F]; KW]; KH],
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
    const B: usize,
    const OH: usize,
    const OW: usize,
    S,
    A,
    T,
> ConvTranspose2d<H, W, C, F, KH, KW, B, OH, OW, S, A, T>
{
    /// The layer with these parameters.
    pub const fn new(weight: [[[[T; C]; F]; KW]; KH], bias: [T; B]) -> Self {
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
    const B: usize,
    const OH: usize,
    const OW: usize,
    S: Window,
    A: Activation<T>,
    T: Scalar,
> ConvTranspose2d<H, W, C, F, KH, KW, B, OH, OW, S, A, T>
{
    /// The sizes of the convolution from a to x whose input gradient the layer is; they agree where the program is built.
    pub const CONVOLUTION: Convolution = {
        biases(B, F);
        convolution::<S>([OH, OW, F], C, [KH, KW], F, [H, W])
    };

    /// `output_pad = …`, where a convolution of a smaller image would give x too.
    const OUTPUT_PAD: [usize; 2] = output_pads::<S>(Self::CONVOLUTION.input(), [KH, KW]);
    const OUTPUT_PAD_ARG: Arg = Arg::pair(Self::OUTPUT_PAD);
    const ARGS: Args = args::<S, 2>(&[Arg::Size(F), Arg::pair([KH, KW]), A::ARG], &Arg::Size(1), B > 0)
        .and(!are(Self::OUTPUT_PAD, 0), Arg::Named("output_pad", const { &Self::OUTPUT_PAD_ARG }));
    const PARAMETERS: [Param; 2] = params(
        [<[[[[T; C]; F]; KW]; KH]>::SHAPE, Shape::new(&[B])],
        A::INIT,
        [(KH * KW * C).div_ceil(S::STRIDE[0] * S::STRIDE[1]), KH * KW * F],
    );

    fn operation(&self) -> Transposed<'_, T> {
        Transposed { sizes: const { &Self::CONVOLUTION }, weight: self.weight.as_flat(), bias: &self.bias }
    }
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const F: usize,
    const KH: usize,
    const KW: usize,
    const B: usize,
    const OH: usize,
    const OW: usize,
    S: Window,
    A: Activation<T>,
    T: Scalar,
> Layer for ConvTranspose2d<H, W, C, F, KH, KW, B, OH, OW, S, A, T>
{
    type In = [[[T; C]; W]; H];
    type Out = [[[T; F]; OW]; OH];
    type Head = A;

    const TREE: LayerInfo = LayerInfo {
        name: "ConvTranspose2d",
        args: const { &Self::ARGS }.as_slice(),
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        params: present(const { &Self::PARAMETERS }, B),
        children: &[],
        flops: flops(&Self::CONVOLUTION, [OH, OW], B),
        behaviour: Behaviour::PLAIN
            .computing(Operation::OfTransposedConvolution {
                window: Sliding::of::<S>([KH, KW]),
                output_pad: Self::OUTPUT_PAD,
            })
            .ending_with::<A, T>(),
    };

    /// z, where the derivative of the activation is not a function of a.
    const SAVED: WorkspaceSize = match A::KEEPS {
        SavesForBackward::Output => WorkspaceSize::NONE,
        SavesForBackward::Input => WorkspaceSize::rows(Self::Out::LEN),
    };

    const SCRATCH: WorkspaceSize = WorkspaceSize::fixed(Self::CONVOLUTION.scratch());
    const INFER: WorkspaceSize = Self::SCRATCH;

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        activated::predict(self.operation(), A::FNS, x.as_flat(), y.as_flat_mut());
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [T], run: PassContext<'_>) {
        activated::infer(self.operation(), A::FNS, flat(x), flat_mut(y), scratch, run);
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        activated::forward(self.operation(), A::FNS, flat(x), flat_mut(y), saved, scratch, run);
    }

    /// With δ = ∂L/∂a ⊙ σ'(z): ∂L/∂w\[r]\[q]\[f]\[c] = Σ over images, i, j of x\[i]\[j]\[c] · δ\[i·s + r·d − p]\[j·s + q·d − p]\[f];
    /// ∂L/∂b = Σ δ over images and pixels; ∂L/∂x = δ ∗ w: ∂L/∂x\[i]\[j]\[c] = Σ over r, q, f of
    /// δ\[i·s + r·d − p]\[j·s + q·d − p]\[f] · w\[r]\[q]\[f]\[c].
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
