//! The passes of attention across two sequences, over slices.

use typednet_tensor::attention::{self, MultiHead};
use typednet_tensor::matmul::{self, Epilogue, MatMut, MatRef};
use typednet_tensor::{Parallel, Scalar};

use crate::Lengths;

/// The sizes of the layer.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    /// The numbers of a step of the first sequence, and of all heads together.
    pub(super) width: usize,
    /// The numbers of a step of the second one.
    pub(super) other: usize,
    /// The heads, with the steps of both sequences.
    pub(super) heads: MultiHead,
}

/// The parameters, or their gradients, as runs: weight and bias.
pub(super) struct Parameters<M> {
    pub(super) query: [M; 2],
    pub(super) key_value: [M; 2],
    pub(super) out: [M; 2],
}

/// What the forward pass computes: queries, keys and values, and what the heads give.
pub(super) struct Projected<M> {
    pub(super) queries: M,
    pub(super) keys_and_values: M,
    pub(super) context: M,
}

/// Q, K and V, and what the heads give of them; of the second sequence so many steps count as `lengths` says.
#[inline(never)]
pub(super) fn forward<T: Scalar>(
    sizes: Sizes,
    parameters: &Parameters<&[T]>,
    [first, second]: [&[T]; 2],
    projected: Projected<&mut [T]>,
    kept: Option<&mut [T]>,
    scratch: &mut [T],
    (lengths, parallel): (Option<&dyn Lengths>, Parallel<'_>),
) {
    let Sizes { width, other, heads } = sizes;
    let Projected { queries, keys_and_values, context } = projected;
    let ([weight, bias], [others_weight, others_bias]) = (parameters.query, parameters.key_value);
    let (x, weight) = (MatRef::of_rows(first, width), MatRef::new(weight, width, width));
    matmul::affine(x, weight, bias, MatMut::of_rows(queries, width), Epilogue::None, parallel);
    let (z, weight) = (MatRef::of_rows(second, other), MatRef::new(others_weight, other, 2 * width));
    matmul::affine(z, weight, others_bias, MatMut::of_rows(keys_and_values, 2 * width), Epilogue::None, parallel);
    let Some(lengths) = lengths else {
        return attention::forward_across(&heads, (queries, keys_and_values), context, kept, scratch, parallel);
    };
    let (sample, others) = (heads.steps() * width, 2 * heads.keys() * width);
    let mut kept = kept.map(|kept| kept.chunks_exact_mut(heads.kept()));
    let samples = queries.chunks_exact(sample).zip(keys_and_values.chunks_exact(others));
    for (at, ((q, kv), context)) in samples.zip(context.chunks_exact_mut(sample)).enumerate() {
        let length = lengths.length(at);
        let (heads, kv, kept) =
            (heads.seeing(length), &kv[..2 * length * width], kept.as_mut().and_then(Iterator::next));
        attention::forward_across(&heads, (q, kv), context, kept, scratch, parallel);
    }
}

/// y ← H·Wo + bo for all steps
#[inline(never)]
pub(super) fn join<T: Scalar>(
    width: usize,
    parameters: &Parameters<&[T]>,
    context: &[T],
    y: &mut [T],
    parallel: Parallel<'_>,
) {
    let [weight, bias] = parameters.out;
    let (context, weight) = (MatRef::of_rows(context, width), MatRef::new(weight, width, width));
    matmul::affine(context, weight, bias, MatMut::of_rows(y, width), Epilogue::None, parallel);
}

/// The gradients of what [`forward`] has read, from `dy`, that of what [`join`] gave.
pub(super) struct Backward<'a, T> {
    pub(super) sizes: Sizes,
    pub(super) parameters: &'a Parameters<&'a [T]>,
    /// Both sequences.
    pub(super) x: [&'a [T]; 2],
    /// What the forward pass left, with what the heads kept.
    pub(super) projected: Projected<&'a [T]>,
    pub(super) kept: &'a [T],
    pub(super) dy: &'a [T],
}

impl<T: Scalar> Backward<'_, T> {
    /// With δ = ∂L/∂Y over all steps: ∂L/∂Wo = Hᵀδ, ∂L/∂bo = Σ δ, ∂L/∂H = δ·Woᵀ; ∂L/∂Q, ∂L/∂K and ∂L/∂V are those of the heads.
    /// With δ for ∂L/∂Q: ∂L/∂Wq = Xᵀδ, ∂L/∂bq = Σ δ; with ε for ∂L/∂K and ∂L/∂V side by side: ∂L/∂Wkv = Zᵀε, ∂L/∂bkv = Σ ε.
    ///
    /// `d` are the places of ∂L/∂Q, of ε and of ∂L/∂H. The gradients of parameters are left out where none are wanted.
    #[inline(never)]
    pub(super) fn run(
        &self,
        d: &mut Projected<&mut [T]>,
        grad: Option<Parameters<&mut [T]>>,
        scratch: &mut [T],
        (lengths, parallel): (Option<&dyn Lengths>, Parallel<'_>),
    ) {
        let Self { sizes: Sizes { width, other, heads }, parameters, x: [first, second], .. } = *self;
        let Projected { queries, keys_and_values, context } = &self.projected;
        let [d_queries, d_keys_and_values, d_context] = [&mut *d.queries, &mut *d.keys_and_values, &mut *d.context];
        let weight = MatRef::new(parameters.out[0], width, width);
        let delta = MatRef::of_rows(self.dy, width);
        matmul::input_gradient(delta, weight, MatMut::of_rows(d_context, width), parallel);
        match lengths {
            None => {
                let (x, left) = ((*queries, *keys_and_values), (*context, self.kept, &*d_context));
                let gradients = (&mut *d_queries, &mut *d_keys_and_values);
                attention::backward_across(&heads, x, left, gradients, scratch, parallel);
            }
            Some(lengths) => {
                let (sample, others) = (heads.steps() * width, 2 * heads.keys() * width);
                let gradients = d_queries.chunks_exact_mut(sample).zip(d_keys_and_values.chunks_exact_mut(others));
                for (at, (d_queries, d_others)) in gradients.enumerate() {
                    let length = lengths.length(at);
                    let (counted, padding) = d_others.split_at_mut(2 * length * width);
                    let [q, context, d_context] =
                        [queries, context, &&*d_context].map(|rows| &rows[at * sample..][..sample]);
                    let kv = &keys_and_values[at * others..][..2 * length * width];
                    let kept = &self.kept[at * heads.kept()..][..heads.kept()];
                    let (left, gradients) = ((context, kept, d_context), (d_queries, counted));
                    attention::backward_across(&heads.seeing(length), (q, kv), left, gradients, scratch, parallel);
                    padding.fill(T::ZERO);
                }
            }
        }
        let Some(Parameters { query, key_value, out }) = grad else { return };
        let gradients = |x: &[T], delta: &[T], [weight, bias]: [&mut [T]; 2], [i, o]: [usize; 2]| {
            let (x, delta) = (MatRef::of_rows(x, i), MatRef::of_rows(delta, o));
            matmul::gradients(x, delta, (MatMut::new(weight, i, o), bias), parallel);
        };
        gradients(context, self.dy, out, [width, width]);
        gradients(first, d_queries, query, [width, width]);
        gradients(second, d_keys_and_values, key_value, [other, 2 * width]);
    }
}

/// ∂L/∂X = ∂L/∂Q·Wqᵀ and ∂L/∂Z = ε·Wkvᵀ
#[inline(never)]
pub(super) fn input_gradients<T: Scalar>(
    sizes: Sizes,
    parameters: &Parameters<&[T]>,
    d: &Projected<&mut [T]>,
    [d_first, d_second]: [&mut [T]; 2],
    parallel: Parallel<'_>,
) {
    let Sizes { width, other, .. } = sizes;
    let (delta, weight) = (MatRef::of_rows(d.queries, width), MatRef::new(parameters.query[0], width, width));
    matmul::input_gradient(delta, weight, MatMut::of_rows(d_first, width), parallel);
    let weight = MatRef::new(parameters.key_value[0], other, 2 * width);
    let delta = MatRef::of_rows(d.keys_and_values, 2 * width);
    matmul::input_gradient(delta, weight, MatMut::of_rows(d_second, other), parallel);
}

/// Compiles what depends on the scalar only: see `instances.rs`.
pub(crate) fn instances<T: Scalar>() {
    core::hint::black_box([
        forward::<T> as *const (),
        join::<T> as *const (),
        Backward::<'_, T>::run as *const (),
        input_gradients::<T> as *const (),
    ]);
}
