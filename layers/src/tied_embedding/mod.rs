//! An embedding whose table is also the weight of the output.

mod stream;
mod texts;

use core::hint::black_box;
use core::slice::from_ref;

use typednet_tensor::matmul::{self, Epilogue, MatMut, MatRef};
use typednet_tensor::{
    Flat, NoGradient, Parallel, Sample, Scalar, Token, flat, flat_mut, impl_flat, ops, same, same_mut, zeros,
};

use crate::conv::bias;
use crate::embedding::add_by_token;
use crate::threads::by_samples;
use crate::{
    Arg, Behaviour, Child, Embedding, Gradient, Init, Layer, LayerInfo, Linear, Operation, Output, Param, ParamKind,
    PassContext, Path, Trace, Workspace, WorkspaceSize,
};
pub(crate) use texts::Text;

/// A language model whose output has the embedding's table as its weight: e = E\[x\], h = f(e), y = h·Eᵀ + b, where f is the layer `L`
/// (Press and Wolf 2017). GPT-2 and nanoGPT have no b, and nor has it unless it is asked for; BERT's head for words that are left out
/// has one.
///
/// The table is one block of the network's parameters, and not two that are kept alike. So its gradient has two parts,
/// ∂L/∂E = (∂L/∂y)ᵀ·h + the sum of ∂L/∂e over all places where a token stands; and ∂L/∂h = ∂L/∂y·E, from which f's backward pass gives
/// ∂L/∂e. ∂L/∂b is the sum of ∂L/∂y over all places. By a token nothing has a gradient.
///
/// # Shapes
/// x is `[Token<V>; N]`, e and h are `[[T; D]; N]`, which `L` reads and gives, and y is `[[T; V]; N]`: of every step one logit for each
/// token. `B` is `V`, or 0 for no bias. In `network!` it is written `[Token<65>; 64] => TiedEmbedding<128, Positions => LayerNorm> =>
/// Softmax`, and with a bias `TiedEmbedding<128, Positions => LayerNorm, bias>`; what does not fit is an error there. By hand it is an
/// error when the program is built. The activation stands behind it as a layer of its own, and goes with the loss as it does behind any
/// other. Texts of different lengths are read by [`PaddedTiedEmbedding`](crate::PaddedTiedEmbedding).
///
/// Parameters: B, which are 0 at first, V·D, which are from N(0, 0.02²), as in GPT-2, and those of `L`. An [`Embedding`] alone begins
/// with N(0, 1); here logits would be sums of D squares then, far too large. It is `PyTorch`'s `nn.Embedding` and `nn.Linear`, with
/// `bias=False` or `bias=True`, where `head.weight = embedding.weight`.
///
/// ```
/// use typednet_layers::{Dense, Each, Embedding, Network, TiedEmbedding};
/// use typednet_tensor::Token;
///
/// let table = Embedding::<3, 2>::new([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]);
/// let swap = Each::<1, _>::new(Dense::<2, 2>::new([[0.0, 1.0], [1.0, 0.0]], [0.0; 2]));
/// // The vector (1, 0) becomes (0, 1), which is most like that of token 1.
/// assert_eq!(TiedEmbedding::new(table, swap).predict(&[Token::new(0)?]), [[0.0, 1.0, 0.5]]);
/// # Ok::<(), typednet_tensor::TokenError>(())
/// ```
///
/// With a bias, token 2 is as likely:
///
/// ```
/// use typednet_layers::{Dense, Each, Embedding, Network, TiedEmbedding};
/// use typednet_tensor::Token;
///
/// let table = Embedding::<3, 2>::new([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]);
/// let swap = Each::<1, _>::new(Dense::<2, 2>::new([[0.0, 1.0], [1.0, 0.0]], [0.0; 2]));
/// let model = TiedEmbedding::with_bias(table, swap, [0.0, 0.0, 0.5]);
/// assert_eq!(model.predict(&[Token::new(0)?]), [[0.0, 1.0, 1.0]]);
/// # Ok::<(), typednet_tensor::TokenError>(())
/// ```
///
/// The layers inside give as many numbers for each step as they read:
///
/// ```compile_fail
/// use typednet_layers::{Dense, Each, Embedding, Network, TiedEmbedding};
/// use typednet_tensor::Token;
///
/// let wider = Each::<1, _>::new(Dense::<2, 3>::new([[0.0; 3]; 2], [0.0; 3]));
/// TiedEmbedding::new(Embedding::<3, 2>::new([[0.0; 2]; 3]), wider).predict(&[Token::default()]);
/// ```
#[repr(C)]
pub struct TiedEmbedding<const N: usize, const V: usize, const D: usize, L, T = f32, const B: usize = 0> {
    /// b: one for each token, or none.
    pub bias: [T; B],
    /// E
    pub embedding: Embedding<V, D, T>,
    /// f
    pub inner: L,
}

impl<const N: usize, const V: usize, const D: usize, L, T> TiedEmbedding<N, V, D, L, T> {
    /// `inner` between the rows of the table and the products with them.
    pub const fn new(embedding: Embedding<V, D, T>, inner: L) -> Self {
        Self { bias: [], embedding, inner }
    }
}

impl<const N: usize, const V: usize, const D: usize, L, T> TiedEmbedding<N, V, D, L, T, V> {
    /// As [`new`](TiedEmbedding::new), with a bias for each token.
    pub const fn with_bias(embedding: Embedding<V, D, T>, inner: L, bias: [T; V]) -> Self {
        Self { bias, embedding, inner }
    }
}

impl_flat! {
    [const N: usize, const V: usize, const D: usize, L: Flat<Elem = T>, T: Scalar, const B: usize]
    TiedEmbedding<N, V, D, L, T, B>: T {
        bias: [T; B],
        embedding: Embedding<V, D, T>,
        inner: L,
    }
}

impl<const N: usize, const V: usize, const D: usize, L: Layer<Elem = T>, T: Scalar, const B: usize>
    TiedEmbedding<N, V, D, L, T, B>
{
    pub(crate) const FITS: () = {
        let vectors = <[[T; D]; N]>::SHAPE;
        assert!(D > 0, "a token has at least one number");
        assert!(
            vectors.is(&L::In::SHAPE) && vectors.is(&L::Out::SHAPE),
            "the layers within a tied embedding read and give one vector of the table's width for each token"
        );
        assert!(B == 0 || B == V, "a tied embedding has a bias for each token, or none at all");
        assert!(size_of::<Gradient<L::In>>() == size_of::<L::Out>(), "the layers within a tied embedding read numbers");
    };

    /// The embedding as it stands here: on each token, and with smaller numbers at first.
    const EMBEDDING: LayerInfo = LayerInfo {
        input: <[Token<V>; N]>::SHAPE,
        output: <[[T; D]; N]>::SHAPE,
        params: &[Param { init: Init::Normal(0.02), ..Embedding::<V, D, T>::TREE.params[0] }],
        behaviour: Embedding::<V, D, T>::TREE.behaviour.on_each(N),
        ..Embedding::<V, D, T>::TREE
    };

    const BIAS: [Param; 1] = [Param {
        name: "bias",
        shape: <[T; B]>::SHAPE,
        kind: ParamKind::Bias,
        init: Init::Zeros,
        fan_in: D,
        fan_out: V,
    }];

    /// e and h, or their gradients.
    const VECTORS: WorkspaceSize = WorkspaceSize::rows(N * D).and(WorkspaceSize::rows(N * D));

    fn table(&self) -> MatRef<'_, T> {
        MatRef::new(self.embedding.weight.as_flat(), V, D)
    }

    /// e ← E\[x\], and 0 for tokens of padding.
    pub(crate) fn look_up<X: Text<N, V>>(&self, x: &[X], e: &mut [[[T; D]; N]], parallel: Parallel<'_>) {
        let () = Self::FITS;
        by_samples(parallel, e, N * D, |first, e| {
            for (x, e) in x[first..].iter().zip(e) {
                let (counted, padding) = e.split_at_mut(x.counted().len());
                for (x, e) in x.counted().iter().zip(counted) {
                    *e = self.embedding.weight[x.index()];
                }
                padding.as_flattened_mut().fill(T::ZERO);
            }
        });
    }

    /// y ← h·Eᵀ + b
    pub(crate) fn logits(&self, h: &[T], y: &mut [T], parallel: Parallel<'_>) {
        matmul::input_gradient(MatRef::of_rows(h, D), self.table(), MatMut::of_rows(y, V), parallel);
        if B > 0 {
            add_bias(&self.bias, y, parallel);
        }
    }

    /// y ← the logits of texts, in use.
    pub(crate) fn infer_texts<X: Text<N, V>>(&self, x: &[X], y: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let (e, h) = (scratch.samples::<[[T; D]; N]>(), scratch.samples::<L::Out>());
        self.look_up(x, e, run.parallel());
        self.inner.infer(same(e), h, scratch.rest(), run.child(1));
        self.logits(flat(h), y, run.parallel());
    }

    /// As [`infer_texts`](Self::infer_texts), where each layer inside is shown.
    pub(crate) fn show_texts<X: Text<N, V>>(
        &self,
        x: &[X],
        y: &mut [T],
        scratch: &mut [T],
        run: PassContext<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, T>),
    ) {
        let mut scratch = Workspace::new(scratch, x.len());
        let (e, h) = (scratch.samples::<[[T; D]; N]>(), scratch.samples::<L::Out>());
        self.look_up(x, e, run.parallel());
        visit(Output { path: &path.inner("embedding"), node: const { &Self::EMBEDDING }, values: flat(e) });
        Output::show(&self.inner, same(e), h, scratch.rest(), run.child(1), &path.inner("inner"), visit);
        self.logits(flat(h), y, run.parallel());
    }

    /// As [`infer_texts`](Self::infer_texts), in training.
    pub(crate) fn forward_texts<X: Text<N, V>>(
        &self,
        x: &[X],
        y: &mut [T],
        saved: &mut [T],
        scratch: &mut [T],
        run: PassContext<'_>,
    ) {
        let mut saved = Workspace::new(saved, x.len());
        let (e, h) = (saved.samples::<[[T; D]; N]>(), saved.samples::<L::Out>());
        self.look_up(x, e, run.parallel());
        self.inner.forward(same(e), h, saved.rest(), scratch, run.child(1));
        self.logits(flat(h), y, run.parallel());
    }

    /// With δ = ∂L/∂y, which is 0 for padding: ∂L/∂b = Σ δ over all places, ∂L/∂h = δ·E, from which f gives ∂L/∂e, and ∂L/∂E = δᵀ·h, to
    /// which ∂L/∂e of every place of a token is added in the order of the places, as in [`Embedding`]; so the sums have the same bits for
    /// any number of threads.
    pub(crate) fn backward_texts<X: Text<N, V>>(
        &self,
        x: &[X],
        saved: &mut [T],
        dy: &[T],
        grad: &mut Self,
        scratch: &mut [T],
        run: PassContext<'_>,
    ) {
        if run.is_frozen() {
            return;
        }
        let parallel = run.parallel();
        let mut saved = Workspace::new(saved, x.len());
        let (e, h) = (saved.samples::<[[T; D]; N]>(), &*saved.samples::<L::Out>());
        let mut scratch = Workspace::new(scratch, x.len());
        let (de, dh) = (scratch.samples::<[[T; D]; N]>(), scratch.samples::<L::Out>());
        if B > 0 {
            ops::column_sums_on(dy, &mut grad.bias, parallel);
        }
        let delta = MatRef::of_rows(dy, V);
        matmul::product(delta, self.table(), MatMut::of_rows(flat_mut(dh), D), parallel);
        let table = flat_mut(&mut grad.embedding.weight);
        matmul::weight_gradient(delta, MatRef::of_rows(flat(h), D), MatMut::new(table, V, D), parallel);
        let trace = Trace { x: same(&*e), y: h, saved: saved.rest() };
        let d_inner = same_mut::<[[T; D]; N], Gradient<L::In>>(de);
        self.inner.backward(trace, dh, Some(d_inner), &mut grad.inner, scratch.rest(), run.child(1));
        let (de, table) = (&*de, flat_mut(&mut grad.embedding.weight));
        let places = || x.iter().zip(de).flat_map(|(x, de)| x.counted().iter().zip(de));
        add_by_token(places, x.len() * N, table, parallel);
    }
}

/// Whether `L` gives what it reads is asked apart, by [`join`](crate::join), as of a residual.
impl<const N: usize, const V: usize, const D: usize, L: Layer<Elem = T>, T: Scalar, const B: usize> Layer
    for TiedEmbedding<N, V, D, L, T, B>
{
    type In = [Token<V>; N];
    type Out = [[T; V]; N];
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "TiedEmbedding",
        args: if B == 0 { &[Arg::Size(D)] } else { &[Arg::Size(D), Arg::Named("bias", &Arg::Flag(true))] },
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        params: if B == 0 { &[] } else { &Self::BIAS },
        children: &[Child { name: "embedding", node: &Self::EMBEDDING }, Child { name: "inner", node: &L::TREE }],
        flops: (2 * N * V * D + N * B) as u64,
        behaviour: Behaviour::PLAIN.computing(Operation::OfTiedEmbedding),
    };

    /// e and h, and what `L` saves.
    const SAVED: WorkspaceSize = Self::VECTORS.and(L::SAVED);

    /// ∂L/∂e and ∂L/∂h, and what `L` takes.
    const SCRATCH: WorkspaceSize = Self::VECTORS.and(L::SCRATCH);

    const INFER: WorkspaceSize = Self::VECTORS.and(L::INFER);

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        let (mut e, mut h) = ([zeros::<[[T; D]; N]>()], zeros::<L::Out>());
        self.look_up(from_ref(x), &mut e, Parallel::SERIAL);
        self.inner.predict_into(&same(&e)[0], &mut h);
        self.logits(h.as_flat(), y.as_flat_mut(), Parallel::SERIAL);
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [T], run: PassContext<'_>) {
        self.infer_texts(x, flat_mut(y), scratch, run);
    }

    fn visit_outputs(
        &self,
        x: &[Self::In],
        y: &mut [Self::Out],
        scratch: &mut [T],
        run: PassContext<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, T>),
    ) {
        self.show_texts(x, flat_mut(y), scratch, run, path, visit);
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        self.forward_texts(x, flat_mut(y), saved, scratch, run);
    }

    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        _: Option<&mut [[NoGradient; N]]>,
        grad: &mut Self,
        scratch: &mut [T],
        run: PassContext<'_>,
    ) {
        self.backward_texts(trace.x, trace.saved, flat(dy), grad, scratch, run);
    }

    fn commit(&mut self, grad: &Self) {
        self.inner.commit(&grad.inner);
    }
}

/// y ← y + b in each row.
#[inline(never)]
fn add_bias<T: Scalar>(bias: &[T], y: &mut [T], parallel: Parallel<'_>) {
    bias::add_bias(bias, y, Epilogue::None, parallel);
}

/// Compiles what depends on the scalar only: see `instances.rs`.
pub(crate) fn instances<T: Scalar>() {
    black_box(add_bias::<T> as *const ());
}

#[cfg(test)]
mod tests;
