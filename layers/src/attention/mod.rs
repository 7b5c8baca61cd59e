//! Attention of the steps of a sequence to each other.

mod block;
mod mode;
mod padded;
mod rotary;
mod stream;

pub use block::TransformerBlock;
pub use mode::{AttentionMode, Causal, Full, Rotary};

use core::marker::PhantomData;

use typednet_tensor::attention::{self, MultiHead};
use typednet_tensor::matmul::{self, Epilogue, MatMut, MatRef};
use typednet_tensor::{Flat, Parallel, Sample, Scalar, Shape, flat, flat_mut, impl_flat, zeros};

use self::rotary::{Direction, Turned};
use crate::args::Args;
use crate::{
    Arg, Behaviour, Init, Layer, LayerInfo, Linear, Operation, Param, ParamKind, PassContext, ReadsPadded, Trace,
    Workspace, WorkspaceSize,
};

/// Compiles what depends on the scalar only: see `instances.rs`.
pub(crate) fn instances<T: Scalar>() {
    rotary::instances::<T>();
    padded::instances::<T>();
}

/// Self-attention of `HEADS` heads, Y = (H₁ … Hₕ)·Wo + bo with H = softmax(Q·Kᵀ/√w)·V for each head, where Q, K and V are w =
/// `HEAD_WIDTH` columns of X·Wq + bq, X·Wk + bk and X·Wv + bv (Vaswani and others 2017).
///
/// Every step asks with its query, and gets the values of the steps whose keys answer. What it looks at is said by `M`: all steps
/// ([`Full`]), or itself and those before it ([`Causal`]), both also with rotary positions ([`Rotary`]).
///
/// Of a padded sequence the steps that count look at each other, as if there were no others.
///
/// # Shapes
/// x and y are `[[T; D]; N]`: N steps of D numbers, where D = `HEADS`·`HEAD_WIDTH`. In `network!` it is written `Attention<4>`, or
/// `Attention<heads = 4, causal = true, rotary = true>`; both are `false` where they are not written, and `causal` alone is
/// `causal = true`. Heads that do not divide the width are an error there, and by hand when the program is built.
///
/// Parameters: 4·D² + 4·D. `in_weight[i][0]`, `[1]` and `[2]` lead from input i to the queries, keys and values, each with the
/// columns of one head side by side: the transpose of `PyTorch`'s `in_proj_weight`, as a dense layer's weight is. They begin as
/// there (`MultiheadAttention`): weights of queries, keys and values as one matrix by Glorot and Bengio, Wo in ±1/√D, biases 0.
///
/// A pass takes memory that grows with N and not with N²; [`typednet_tensor::attention`] says how it computes.
/// [`predict_into`](Layer::predict_into) has 5·N·D numbers on the stack.
///
/// ```
/// use typednet_layers::{Attention, Causal, Network};
///
/// // Steps of two numbers, one head, with all weights the identity: step 0 sees itself, step 1 the mean of both.
/// let mut layer = Attention::<2, 2, 1, 2, Causal>::zeroed();
/// for i in 0..2 {
///     layer.in_weight[i][2][i] = 1.0;
///     layer.out_weight[i][i] = 1.0;
/// }
/// assert_eq!(layer.predict(&[[1.0, 0.0], [0.0, 1.0]]), [[1.0, 0.0], [0.5, 0.5]]);
/// ```
///
/// ```compile_fail
/// use typednet_layers::{Attention, Network};
///
/// // Two heads of three numbers are not seven.
/// Attention::<4, 7, 2, 3>::seeded(0).predict(&[[0.0; 7]; 4]);
/// ```
#[repr(C)]
pub struct Attention<const N: usize, const D: usize, const HEADS: usize, const HEAD_WIDTH: usize, M = Full, T = f32> {
    /// Wq, Wk and Wv: `in_weight[i][1][o]` leads from input i to number o of the keys.
    pub in_weight: [[[T; D]; 3]; D],
    /// bq, bk and bv.
    pub in_bias: [[T; D]; 3],
    /// Wo: `out_weight[i][o]` leads from number i of the heads to output o.
    pub out_weight: [[T; D]; D],
    /// bo
    pub out_bias: [T; D],
    mode: PhantomData<fn() -> M>,
}

impl_flat! {
    [
        const N: usize, const D: usize, const HEADS: usize, const HEAD_WIDTH: usize, M: 'static, T: Scalar
    ] Attention<N, D, HEADS, HEAD_WIDTH, M, T>: T {
        in_weight: [[[T; D]; 3]; D],
        in_bias: [[T; D]; 3],
        out_weight: [[T; D]; D],
        out_bias: [T; D],
    } markers { mode }
}

/// Queries, keys and values of all steps.
type Qkv<T, const N: usize, const D: usize> = [[[T; D]; 3]; N];

/// What the forward pass keeps of the weights of the heads; see [`MultiHead::kept`].
type Kept<T, const N: usize, const HEADS: usize> = [[[T; N]; 2]; HEADS];

impl<const N: usize, const D: usize, const HEADS: usize, const HEAD_WIDTH: usize, M: AttentionMode, T: Scalar>
    Attention<N, D, HEADS, HEAD_WIDTH, M, T>
{
    /// The sizes, which agree where the program is built.
    const SIZES: MultiHead = {
        assert!(N > 0, "attention looks at one step at least");
        assert!(HEADS > 0 && HEADS * HEAD_WIDTH == D, "the heads of attention have the width together");
        assert!(!M::ROTARY || HEAD_WIDTH.is_multiple_of(2), "rotary positions turn pairs: a head's width is even");
        let heads = MultiHead::new(N, HEADS, HEAD_WIDTH);
        if M::CAUSAL { heads.causal() } else { heads }
    };

    const ARGS: Args = Args::new(&[Arg::Size(HEADS)])
        .and(M::CAUSAL, Arg::Named("causal", &Arg::Flag(true)))
        .and(M::ROTARY, Arg::Named("rotary", &Arg::Flag(true)));

    /// The angles of rotary positions.
    const ANGLES: usize = if M::ROTARY { <[[T; HEAD_WIDTH]; N]>::LEN } else { 0 };

    const TURNED: Turned = Turned { steps: N, width: D, head_width: HEAD_WIDTH };

    /// `qkv` ← X·Win + bin, turned where positions are rotary; `angles` is working memory for them.
    fn project(&self, x: &[T], qkv: &mut [T], angles: &mut [T], parallel: Parallel<'_>) {
        let (weight, bias) = (MatRef::new(self.in_weight.as_flat(), D, 3 * D), self.in_bias.as_flat());
        let (x, all) = (MatRef::of_rows(x, D), MatMut::of_rows(qkv, 3 * D));
        matmul::affine(x, weight, bias, all, Epilogue::None, parallel);
        if M::ROTARY {
            Self::TURNED.fill(angles);
            Self::TURNED.apply(angles, qkv, Direction::Forth, parallel);
        }
    }

    /// One sample, of which the first `length` steps count.
    fn predict_first(&self, x: &[[T; D]; N], y: &mut [[T; D]; N], length: usize) {
        let (mut qkv, mut context) = (zeros::<Qkv<T, N, D>>(), zeros::<[[T; D]; N]>());
        let (mut turned, mut angles) = (zeros::<[[T; D]; N]>(), zeros::<[[T; HEAD_WIDTH]; N]>());
        self.project(x.as_flat(), qkv.as_flat_mut(), angles.as_flat_mut(), Parallel::SERIAL);
        let (qkv, turned) = (qkv.as_flat(), turned.as_flat_mut());
        let counted = context[..length].as_flattened_mut();
        let heads = Self::SIZES.over(length);
        attention::forward(&heads, &qkv[..3 * length * D], counted, None, turned, Parallel::SERIAL);
        self.join(context.as_flat(), y.as_flat_mut(), Parallel::SERIAL);
    }

    /// What the heads give of steps that count.
    fn attend(qkv: &[T], context: &mut [T], kept: Option<&mut [T]>, turned: &mut [T], run: PassContext<'_>) {
        let (heads, parallel) = (&Self::SIZES, run.parallel());
        match run.lengths() {
            Some(lengths) => padded::forward(heads, lengths, qkv, context, kept, turned, parallel),
            None => attention::forward(heads, qkv, context, kept, turned, parallel),
        }
    }

    /// y ← H·Wo + bo
    fn join(&self, context: &[T], y: &mut [T], parallel: Parallel<'_>) {
        let (context, weight) = (MatRef::of_rows(context, D), MatRef::new(self.out_weight.as_flat(), D, D));
        matmul::affine(context, weight, &self.out_bias, MatMut::of_rows(y, D), Epilogue::None, parallel);
    }
}

impl<const N: usize, const D: usize, const HEADS: usize, const HEAD_WIDTH: usize, M: AttentionMode, T: Scalar>
    Attention<N, D, HEADS, HEAD_WIDTH, M, T>
{
    /// How much each step looks at each other one in the sample `x`: `weights[head][i][j]` is what head `head` makes of step j for
    /// step i, softmax(Q·Kᵀ/√w). Each row sums to 1; a causal one is 0 behind its own step. For pictures: no pass has all of
    /// them.
    ///
    /// ```
    /// use typednet_layers::{Attention, Causal, Network};
    ///
    /// let layer = Attention::<3, 4, 2, 2, Causal>::seeded(0);
    /// let [first, _] = layer.weights(&[[0.1, -0.2, 0.3, 0.0], [0.5; 4], [-1.0; 4]]);
    /// assert_eq!(first[0], [1.0, 0.0, 0.0]);
    /// assert!(first[2].iter().all(|weight| *weight > 0.0) && (first[2].iter().sum::<f32>() - 1.0).abs() < 1e-6);
    /// ```
    pub fn weights(&self, x: &[[T; D]; N]) -> [[[T; N]; N]; HEADS] {
        let (mut qkv, mut angles) = (zeros::<Qkv<T, N, D>>(), zeros::<[[T; HEAD_WIDTH]; N]>());
        self.project(x.as_flat(), qkv.as_flat_mut(), angles.as_flat_mut(), Parallel::SERIAL);
        let mut weights = zeros::<[[[T; N]; N]; HEADS]>();
        for (head, weights) in weights.iter_mut().enumerate() {
            attention::reference::weights(&Self::SIZES, qkv.as_flat(), head, weights.as_flat_mut());
        }
        weights
    }
}

impl<const N: usize, const D: usize, const HEADS: usize, const HEAD_WIDTH: usize, M: AttentionMode, T: Scalar> Layer
    for Attention<N, D, HEADS, HEAD_WIDTH, M, T>
{
    type In = [[T; D]; N];
    type Out = [[T; D]; N];
    type Head = Linear;

    const TREE: LayerInfo = {
        const fn param(name: &'static str, shape: Shape, kind: ParamKind, init: Init, fan: [usize; 2]) -> Param {
            Param { name, shape, kind, init, fan_in: fan[0], fan_out: fan[1] }
        }
        let _ = Self::SIZES;
        LayerInfo {
            name: "Attention",
            args: const { &Self::ARGS }.as_slice(),
            input: Self::In::SHAPE,
            output: Self::Out::SHAPE,
            params: &[
                param("in_weight", <[[[T; D]; 3]; D]>::SHAPE, ParamKind::Weight, Init::XavierUniform, [D, 3 * D]),
                param("in_bias", <[[T; D]; 3]>::SHAPE, ParamKind::Bias, Init::Zeros, [D, 3 * D]),
                param("out_weight", <[[T; D]; D]>::SHAPE, ParamKind::Weight, Init::UniformFanIn, [D, D]),
                param("out_bias", <[T; D]>::SHAPE, ParamKind::Bias, Init::Zeros, [D, D]),
            ],
            children: &[],
            flops: (N * (8 * D * D + 4 * D + 4 * N * D)) as u64,
            behaviour: Behaviour::PLAIN.computing(Operation::OfAttention {
                heads: HEADS,
                causal: M::CAUSAL,
                rotary: M::ROTARY,
            }),
        }
    };

    /// Queries, keys and values, what the heads give, and what they keep
    const SAVED: WorkspaceSize = WorkspaceSize::rows(Qkv::<T, N, D>::LEN)
        .and(WorkspaceSize::rows(Self::Out::LEN))
        .and(WorkspaceSize::rows(Kept::<T, N, HEADS>::LEN));

    /// The gradients of the first two, keys and values that are turned, and angles
    const SCRATCH: WorkspaceSize = WorkspaceSize::rows(Qkv::<T, N, D>::LEN)
        .and(WorkspaceSize::rows(Self::Out::LEN))
        .and(WorkspaceSize::rows(Self::SIZES.backward_scratch()))
        .and(WorkspaceSize::fixed(Self::ANGLES));

    const INFER: WorkspaceSize = WorkspaceSize::rows(Qkv::<T, N, D>::LEN)
        .and(WorkspaceSize::rows(Self::Out::LEN))
        .and(WorkspaceSize::rows(Self::SIZES.forward_scratch()))
        .and(WorkspaceSize::fixed(Self::ANGLES));

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        self.predict_first(x, y, N);
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [T], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let (qkv, context) = (flat_mut(scratch.samples::<Qkv<T, N, D>>()), flat_mut(scratch.samples::<Self::Out>()));
        let turned = scratch.take(WorkspaceSize::rows(Self::SIZES.forward_scratch()));
        self.project(flat(x), qkv, scratch.elements(Self::ANGLES), run.parallel());
        Self::attend(qkv, context, None, turned, run);
        self.join(context, flat_mut(y), run.parallel());
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        let (mut saved, mut scratch) = (Workspace::new(saved, x.len()), Workspace::new(scratch, x.len()));
        let (qkv, context) = (flat_mut(saved.samples::<Qkv<T, N, D>>()), flat_mut(saved.samples::<Self::Out>()));
        let kept = flat_mut(saved.samples::<Kept<T, N, HEADS>>());
        let turned = scratch.take(WorkspaceSize::rows(Self::SIZES.backward_scratch()));
        self.project(flat(x), qkv, scratch.elements(Self::ANGLES), run.parallel());
        Self::attend(qkv, context, Some(kept), turned, run);
        self.join(context, flat_mut(y), run.parallel());
    }

    /// With δ = ∂L/∂Y over all steps: ∂L/∂Wo = Hᵀδ, ∂L/∂bo = Σ δ, ∂L/∂H = δ·Woᵀ. For each head, with P = softmax(Q·Kᵀ/√w):
    /// ∂L/∂V = Pᵀ·∂L/∂H, ∂L/∂P = ∂L/∂H·Vᵀ, ∂L/∂S = P ⊙ (∂L/∂P − the sum of each row of ∂L/∂H ⊙ H), ∂L/∂Q = ∂L/∂S·K/√w, ∂L/∂K =
    /// (∂L/∂S)ᵀ·Q/√w; rotary ones are turned back by their angles. With ε for these three side by side: ∂L/∂Win = Xᵀε,
    /// ∂L/∂bin = Σ ε, ∂L/∂X = ε·Winᵀ.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [Self::In]>,
        grad: &mut Self,
        scratch: &mut [T],
        run: PassContext<'_>,
    ) {
        if run.is_frozen() && dx.is_none() {
            return;
        }
        let Trace { x, saved, .. } = trace;
        let (mut saved, mut scratch) = (Workspace::new(saved, x.len()), Workspace::new(scratch, x.len()));
        let (qkv, context) = (flat(saved.samples::<Qkv<T, N, D>>()), flat(saved.samples::<Self::Out>()));
        let kept = flat(saved.samples::<Kept<T, N, HEADS>>());
        let (d_qkv, d_context) = (scratch.samples::<Qkv<T, N, D>>(), scratch.samples::<Self::Out>());
        let (d_qkv, d_context) = (flat_mut(d_qkv), flat_mut(d_context));
        let turned = scratch.take(WorkspaceSize::rows(Self::SIZES.backward_scratch()));
        let (parallel, dy) = (run.parallel(), flat(dy));
        let delta = MatRef::of_rows(dy, D);
        if !run.is_frozen() {
            let parameters = (MatMut::new(grad.out_weight.as_flat_mut(), D, D), &mut grad.out_bias[..]);
            matmul::gradients(MatRef::of_rows(context, D), delta, parameters, parallel);
        }
        let weight = MatRef::new(self.out_weight.as_flat(), D, D);
        matmul::input_gradient(delta, weight, MatMut::of_rows(d_context, D), parallel);
        let kept = (qkv, context, kept);
        match run.lengths() {
            Some(lengths) => {
                padded::backward(&Self::SIZES, lengths, kept, d_context, d_qkv, turned, parallel);
            }
            None => attention::backward(&Self::SIZES, kept, d_context, d_qkv, turned, parallel),
        }
        if M::ROTARY {
            let angles = scratch.elements(Self::ANGLES);
            Self::TURNED.fill(angles);
            Self::TURNED.apply(angles, d_qkv, Direction::Back, parallel);
        }
        let delta = MatRef::of_rows(d_qkv, 3 * D);
        if !run.is_frozen() {
            let parameters = (MatMut::new(grad.in_weight.as_flat_mut(), D, 3 * D), grad.in_bias.as_flat_mut());
            matmul::gradients(MatRef::of_rows(flat(x), D), delta, parameters, parallel);
        }
        if let Some(dx) = dx {
            let weight = MatRef::new(self.in_weight.as_flat(), D, 3 * D);
            matmul::input_gradient(delta, weight, MatMut::of_rows(flat_mut(dx), D), parallel);
        }
    }
}

impl<const N: usize, const D: usize, const HEADS: usize, const HEAD_WIDTH: usize, M: AttentionMode, T: Scalar>
    ReadsPadded for Attention<N, D, HEADS, HEAD_WIDTH, M, T>
{
    const KEEPS_STEPS: bool = true;

    fn predict_padded(&self, x: &Self::In, y: &mut Self::Out, length: usize) {
        self.predict_first(x, y, length);
    }
}
