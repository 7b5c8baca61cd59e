//! An embedding whose table is also the weight of the output.

use core::slice::from_ref;

use typednet_tensor::matmul::{self, MatMut, MatRef};
use typednet_tensor::{
    Flat, NoGradient, Parallel, Sample, Scalar, Token, flat, flat_mut, impl_flat, same, same_mut, zeros,
};

use crate::embedding::add_by_token;
use crate::threads::by_samples;
use crate::{
    Arg, Behaviour, Child, Embedding, Gradient, Init, Layer, LayerInfo, Linear, Operation, Output, Param, PassContext,
    Path, Streaming, Trace, Workspace, WorkspaceSize,
};

/// A language model whose output has the embedding's table as its weight: e = E\[x\], h = f(e), y = h·Eᵀ, where f is the layer `L`
/// (Press and Wolf 2017; so are GPT-2 and nanoGPT).
///
/// The table is one block of the network's parameters, and not two that are kept alike. So its gradient has two parts,
/// ∂L/∂E = (∂L/∂y)ᵀ·h + the sum of ∂L/∂e over all places where a token stands; and ∂L/∂h = ∂L/∂y·E, from which f's backward pass gives
/// ∂L/∂e. By a token nothing has a gradient.
///
/// # Shapes
/// x is `[Token<V>; N]`, e and h are `[[T; D]; N]`, which `L` reads and gives, and y is `[[T; V]; N]`: of every step one logit for each
/// token, without a bias. In `network!` it is written `[Token<65>; 64] => TiedEmbedding<128, Positions => LayerNorm> => Softmax`; what
/// does not fit is an error there. By hand it is an error when the program is built. The activation stands behind it as a layer of its
/// own, and goes with the loss as it does behind any other.
///
/// Parameters: V·D, which are from N(0, 0.02²) at first, as in GPT-2, and those of `L`. An [`Embedding`] alone begins with N(0, 1); here
/// logits would be sums of D squares then, far too large.
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
pub struct TiedEmbedding<const N: usize, const V: usize, const D: usize, L, T = f32> {
    /// E
    pub embedding: Embedding<V, D, T>,
    /// f
    pub inner: L,
}

impl<const N: usize, const V: usize, const D: usize, L, T> TiedEmbedding<N, V, D, L, T> {
    /// `inner` between the rows of the table and the products with them.
    pub const fn new(embedding: Embedding<V, D, T>, inner: L) -> Self {
        Self { embedding, inner }
    }
}

impl_flat! {
    [const N: usize, const V: usize, const D: usize, L: Flat<Elem = T>, T: Scalar] TiedEmbedding<N, V, D, L, T>: T {
        embedding: Embedding<V, D, T>,
        inner: L,
    }
}

impl<const N: usize, const V: usize, const D: usize, L: Layer<Elem = T>, T: Scalar> TiedEmbedding<N, V, D, L, T> {
    pub(crate) const FITS: () = {
        let vectors = <[[T; D]; N]>::SHAPE;
        assert!(D > 0, "a token has at least one number");
        assert!(
            vectors.is(&L::In::SHAPE) && vectors.is(&L::Out::SHAPE),
            "the layers within a tied embedding read and give one vector of the table's width for each token"
        );
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

    /// e and h, or their gradients.
    const VECTORS: WorkspaceSize = WorkspaceSize::rows(N * D).and(WorkspaceSize::rows(N * D));

    fn table(&self) -> MatRef<'_, T> {
        MatRef::new(self.embedding.weight.as_flat(), V, D)
    }

    /// e ← E\[x\]
    pub(crate) fn look_up(&self, x: &[[Token<V>; N]], e: &mut [[[T; D]; N]], parallel: Parallel<'_>) {
        let () = Self::FITS;
        by_samples(parallel, e, N * D, |first, e| {
            for (x, e) in x[first..].as_flattened().iter().zip(e.as_flattened_mut()) {
                *e = self.embedding.weight[x.index()];
            }
        });
    }

    /// y ← h·Eᵀ
    pub(crate) fn logits(&self, h: &[T], y: &mut [T], parallel: Parallel<'_>) {
        matmul::input_gradient(MatRef::of_rows(h, D), self.table(), MatMut::of_rows(y, V), parallel);
    }
}

/// Whether `L` gives what it reads is asked apart, by [`join`](crate::join), as of a residual.
impl<const N: usize, const V: usize, const D: usize, L: Layer<Elem = T>, T: Scalar> Layer
    for TiedEmbedding<N, V, D, L, T>
{
    type In = [Token<V>; N];
    type Out = [[T; V]; N];
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "TiedEmbedding",
        args: &[Arg::Size(D)],
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        params: &[],
        children: &[Child { name: "embedding", node: &Self::EMBEDDING }, Child { name: "inner", node: &L::TREE }],
        flops: 2 * (N * V * D) as u64,
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
        let mut scratch = Workspace::new(scratch, x.len());
        let (e, h) = (scratch.samples::<[[T; D]; N]>(), scratch.samples::<L::Out>());
        self.look_up(x, e, run.parallel());
        self.inner.infer(same(e), h, scratch.rest(), run.child(1));
        self.logits(flat(h), flat_mut(y), run.parallel());
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
        let mut scratch = Workspace::new(scratch, x.len());
        let (e, h) = (scratch.samples::<[[T; D]; N]>(), scratch.samples::<L::Out>());
        self.look_up(x, e, run.parallel());
        visit(Output { path: &path.inner("embedding"), node: const { &Self::EMBEDDING }, values: flat(e) });
        Output::show(&self.inner, same(e), h, scratch.rest(), run.child(1), &path.inner("inner"), visit);
        self.logits(flat(h), flat_mut(y), run.parallel());
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        let mut saved = Workspace::new(saved, x.len());
        let (e, h) = (saved.samples::<[[T; D]; N]>(), saved.samples::<L::Out>());
        self.look_up(x, e, run.parallel());
        self.inner.forward(same(e), h, saved.rest(), scratch, run.child(1));
        self.logits(flat(h), flat_mut(y), run.parallel());
    }

    /// With δ = ∂L/∂y: ∂L/∂h = δ·E, from which f gives ∂L/∂e, and ∂L/∂E = δᵀ·h, to which ∂L/∂e of every place of a token is added in the
    /// order of the places, as in [`Embedding`]; so the sums have the same bits for any number of threads.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        _: Option<&mut [[NoGradient; N]]>,
        grad: &mut Self,
        scratch: &mut [T],
        run: PassContext<'_>,
    ) {
        if run.is_frozen() {
            return;
        }
        let (Trace { x, saved, .. }, parallel) = (trace, run.parallel());
        let mut saved = Workspace::new(saved, x.len());
        let (e, h) = (saved.samples::<[[T; D]; N]>(), &*saved.samples::<L::Out>());
        let mut scratch = Workspace::new(scratch, x.len());
        let (de, dh) = (scratch.samples::<[[T; D]; N]>(), scratch.samples::<L::Out>());
        let delta = MatRef::of_rows(flat(dy), V);
        matmul::product(delta, self.table(), MatMut::of_rows(flat_mut(dh), D), parallel);
        let table = flat_mut(&mut grad.embedding.weight);
        matmul::weight_gradient(delta, MatRef::of_rows(flat(h), D), MatMut::new(table, V, D), parallel);
        let trace = Trace { x: same(&*e), y: h, saved: saved.rest() };
        let d_inner = same_mut::<[[T; D]; N], Gradient<L::In>>(de);
        self.inner.backward(trace, dh, Some(d_inner), &mut grad.inner, scratch.rest(), run.child(1));
        let (tokens, de) = (x.as_flattened(), de.as_flattened());
        add_by_token(|| tokens.iter().zip(de), tokens.len(), flat_mut(&mut grad.embedding.weight), parallel);
    }

    fn commit(&mut self, grad: &Self) {
        self.inner.commit(&grad.inner);
    }
}

/// One token at a time, with the logits of the one that follows.
#[diagnostic::do_not_recommend]
impl<const N: usize, const V: usize, const D: usize, L: Streaming<Elem = T>, T: Scalar> Streaming
    for TiedEmbedding<N, V, D, L, T>
{
    type StepIn = Token<V>;
    type StepOut = [T; V];
    type State = L::State;

    const LONGEST: usize = L::LONGEST;

    fn step_into(&self, state: &mut L::State, at: usize, x: &Token<V>, y: &mut [T; V]) {
        let () = Self::FITS;
        let e = same::<[T; D], L::StepIn>(from_ref(&self.embedding.weight[x.index()]));
        let mut h = zeros::<L::StepOut>();
        self.inner.step_into(state, at, &e[0], &mut h);
        self.logits(h.as_flat(), y, Parallel::SERIAL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActivationLayer, BatchNorm, Chain, Each, Gelu, LayerNorm, Network, Positions, TransformerBlock, pass};
    use crate::{Causal, check_parameter_gradients};
    use typednet_tensor::Key;

    const RUN: PassContext<'static> = PassContext::new(Key::new(0));

    /// Nothing between the table and itself, so that by hand y = E\[x\]·Eᵀ.
    type Nothing<const N: usize, const V: usize> = TiedEmbedding<N, V, 2, ActivationLayer<[[f32; 2]; N], Linear>>;

    /// The gradient of Σ y₀₀ over these texts, in memory that holds what no pass may read.
    fn gradient<const N: usize, const V: usize>(
        table: [[f32; 2]; V],
        texts: &[[usize; N]],
        run: PassContext<'_>,
    ) -> [[f32; 2]; V] {
        let model = Nothing::<N, V>::new(Embedding::new(table), ActivationLayer::new());
        let x: Vec<_> = texts.iter().map(|text| text.map(|token| Token::new(token).unwrap())).collect();
        let mut grad = Nothing::<N, V>::zeroed();
        grad.as_flat_mut().fill(f32::NAN);
        let mut memory = vec![f32::NAN; pass::training_need::<Nothing<N, V>>().of(x.len())];
        let upstream = |_: &[[[f32; V]; N]], dy: &mut [[[f32; V]; N]]| {
            dy.as_flattened_mut().as_flattened_mut().fill(0.0);
            for dy in dy {
                dy[0][0] = 1.0;
            }
        };
        pass::vjp(&model, &x, upstream, &mut *grad, None, &mut memory, run);
        grad.embedding.weight
    }

    /// Of y = E\[x\]·E₀ the gradient by E₀ is E\[x\], and by E\[x\] it is E₀: both stand in one table.
    #[test]
    fn the_gradient_has_both_parts() {
        let table = [[1.0, 2.0], [3.0, 5.0], [7.0, 11.0]];
        assert_eq!(gradient(table, &[[1]], RUN), [[3.0, 5.0], [1.0, 2.0], [0.0; 2]]);
        // Token 0 itself: the derivative of a square.
        assert_eq!(gradient(table, &[[0]], RUN), [[2.0, 4.0], [0.0; 2], [0.0; 2]]);
        // Twice the same, in two texts; what stands behind the first has no part here.
        assert_eq!(gradient(table, &[[2, 1], [2, 2]], RUN), [[14.0, 22.0], [0.0; 2], [2.0, 4.0]]);
    }

    #[test]
    fn what_is_frozen_has_no_gradient() {
        assert!(gradient([[1.0; 2]; 3], &[[0, 1]], RUN.frozen()).as_flat().iter().all(|gradient| gradient.is_nan()));
    }

    #[test]
    fn gradients_of_a_language_model_are_central_differences() {
        type Body = Chain<
            Positions<4, 6, f64>,
            Chain<TransformerBlock<4, 6, 2, 3, 5, Gelu, Causal, f64>, Each<4, LayerNorm<6, f64>>>,
        >;
        type Gpt = TiedEmbedding<4, 7, 6, Body, f64>;
        let text = |tokens: [usize; 4]| tokens.map(|token| Token::new(token).unwrap());
        let mut model = Gpt::seeded(3);
        for (n, x) in model.as_flat_mut().iter_mut().enumerate() {
            *x += 0.3 * Key::new(1).normal::<f64>(n as u64);
        }
        check_parameter_gradients(&*model, &[text([0, 3, 3, 1]), text([6, 0, 3, 2])]).unwrap();
    }

    /// What the layers inside take over after a step reaches them.
    #[test]
    fn statistics_inside_are_taken_over() {
        type Counting = TiedEmbedding<2, 3, 2, Each<2, BatchNorm<2>>>;
        let (mut model, mut inner, mut grad) =
            (Counting::seeded(1), Each::<2, BatchNorm<2>>::zeroed(), Counting::zeroed());
        inner.as_flat_mut().copy_from_slice(model.inner.as_flat());
        grad.as_flat_mut().fill(0.5);
        let before = inner.as_flat().to_vec();
        inner.commit(&grad.inner);
        model.commit(&grad);
        assert_eq!(model.inner.as_flat(), inner.as_flat());
        assert_ne!(inner.as_flat(), before);
    }

    #[test]
    fn a_table_begins_with_small_numbers() {
        type Wide = TiedEmbedding<1, 400, 100, ActivationLayer<[[f64; 100]; 1], Linear>, f64>;
        let values = Wide::seeded(3);
        let variance = values.as_flat().iter().map(|x| x * x).sum::<f64>() / 40_000.0 / (0.02 * 0.02);
        // Six deviations of the estimate, √(2/n).
        assert!((variance - 1.0).abs() < 6.0 * (2.0_f64 / 40_000.0).sqrt(), "{variance}");
    }

    #[test]
    fn both_parts_are_seen_and_named() {
        type Net = Nothing<2, 3>;
        let (model, x, mut y) = (Net::seeded(1), [[Token::new(2).unwrap(), Token::default()]], [[[0.0; 3]; 2]]);
        let (mut memory, mut seen) = (vec![f32::NAN; Net::INFER.of(1)], vec![]);
        model.visit_outputs(&x, &mut y, &mut memory, RUN, &Path::ROOT, &mut |output| {
            seen.push((output.path.to_string(), output.values.to_vec()));
        });
        let [two, zero] = [2, 0].map(|token| model.embedding.weight[token]);
        let vectors = [two, zero].concat();
        assert_eq!(seen, [("embedding".to_owned(), vectors.clone()), ("inner".to_owned(), vectors)]);
        assert_eq!(y[0], model.predict(&x[0]));
    }
}
