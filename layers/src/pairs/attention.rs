//! Attention of the steps of one sequence to those of another.

use core::fmt;
use core::marker::PhantomData;

use typednet_tensor::attention::MultiHead;
use typednet_tensor::{Differentiable, Flat, Pair, Parallel, Sample, Scalar, Shape, Steps, flat_mut, impl_flat, zeros};

use super::Sequence;
use super::cross::{self, Backward, Parameters, Projected, Sizes};
use crate::threads::by_samples;
use crate::{
    Arg, Behaviour, Init, Layer, LayerInfo, Lengths, Linear, Operation, Param, ParamKind, PassContext, Trace,
    Workspace, WorkspaceSize,
};

/// Attention of `HEADS` heads of the steps of a first sequence to those of a second, as a decoder's to what an encoder has made (Vaswani
/// and others 2017; `PyTorch`'s `MultiheadAttention` with `kdim` and `vdim`): Y = (H₁ … Hₕ)·Wo + bo with H = softmax(Q·Kᵀ/√w)·V for
/// each head, where Q is w = `HEAD_WIDTH` columns of X·Wq + bq, and K and V are such columns of Z·Wk + bk and Z·Wv + bv.
///
/// # Shapes
/// x is `Pair<A, B>`, y is `A`: `A` has steps of D numbers, D = `HEADS`·`HEAD_WIDTH`, and `B` steps of E numbers. Each is an array of
/// steps, `[[T; D]; N]`, or a padded one: of a padded second sequence only the steps that count are looked at; of a padded first one
/// as many count in what is given. In `network!` it is written `CrossAttention<HEADS>`.
///
/// Parameters: 2·D² + 2·D·E + 4·D. `key_value_weight[i][0]` and `[1]` lead from number i of a step of the second to keys and values.
/// They begin as those of [`Attention`](crate::Attention).
///
/// ```
/// use typednet_layers::{CrossAttention, Network};
/// use typednet_tensor::{Padded, Pair};
///
/// // One step asks; of three of one number the first two count. All keys are 0, so it gets the mean of the values.
/// type First = [[f32; 2]; 1];
/// type Second = Padded<[[f32; 1]; 3]>;
/// let mut layer = CrossAttention::<First, Second, 2, 1, 1, 2>::zeroed();
/// layer.key_value_weight[0][1] = [1.0, 10.0];
/// layer.out_weight = [[1.0, 0.0], [0.0, 1.0]];
/// let second = Padded::new(&[[2.0], [4.0]])?;
/// assert_eq!(layer.predict(&Pair { first: [[0.5, 0.5]], second }), [[3.0, 30.0]]);
/// # Ok::<(), typednet_tensor::PaddingError>(())
/// ```
#[repr(C)]
pub struct CrossAttention<A, B, const D: usize, const E: usize, const HEADS: usize, const HEAD_WIDTH: usize>
where
    A: Sequence,
{
    /// Wq: `query_weight[i][o]` leads from number i of a step of the first to number o of the queries.
    pub query_weight: [[A::Elem; D]; D],
    /// bq
    pub query_bias: [A::Elem; D],
    /// Wk and Wv.
    pub key_value_weight: [[[A::Elem; D]; 2]; E],
    /// bk and bv.
    pub key_value_bias: [[A::Elem; D]; 2],
    /// Wo: `out_weight[i][o]` leads from number i of the heads to output o.
    pub out_weight: [[A::Elem; D]; D],
    /// bo
    pub out_bias: [A::Elem; D],
    sequences: PhantomData<fn() -> (A, B)>,
}

impl_flat! {
    [
        A: Sequence<Elem: Scalar>, B: 'static, const D: usize, const E: usize, const HEADS: usize, const HEAD_WIDTH: usize
    ] CrossAttention<A, B, D, E, HEADS, HEAD_WIDTH>: A::Elem {
        query_weight: [[A::Elem; D]; D],
        query_bias: [A::Elem; D],
        key_value_weight: [[[A::Elem; D]; 2]; E],
        key_value_bias: [[A::Elem; D]; 2],
        out_weight: [[A::Elem; D]; D],
        out_bias: [A::Elem; D],
    } markers { sequences }
}

/// How many steps of each second sequence of a batch count.
struct LengthsOfSecond<'a, A, B>(&'a [Pair<A, B>]);

impl<A: Sync, B: Sequence> Lengths for LengthsOfSecond<'_, A, B> {
    fn length(&self, sample: usize) -> usize {
        self.0[sample].second.length()
    }
}

impl<A, B: Sequence> fmt::Debug for LengthsOfSecond<'_, A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|pair| pair.second.length())).finish()
    }
}

impl<A, B, T, const D: usize, const E: usize, const HEADS: usize, const HEAD_WIDTH: usize>
    CrossAttention<A, B, D, E, HEADS, HEAD_WIDTH>
where
    T: Scalar,
    A: Differentiable<Elem = T> + Sequence<Steps: Steps<Step = [T; D]> + Differentiable<Elem = T>>,
    B: Differentiable<Elem = T> + Sequence<Steps: Steps<Step = [T; E]> + Differentiable<Elem = T>>,
{
    const SIZES: Sizes = {
        let (queries, keys) = (A::Steps::STEPS, B::Steps::STEPS);
        assert!(queries > 0 && keys > 0, "attention looks from one step at least to one at least");
        assert!(HEADS > 0 && HEADS * HEAD_WIDTH == D, "the heads of attention have the width together");
        Sizes { width: D, other: E, heads: MultiHead::across(queries, keys, HEADS, HEAD_WIDTH) }
    };

    /// The numbers of queries, and of outputs, of a sample.
    const QUERIES: usize = A::Steps::LEN;

    /// Those of keys and values.
    const OTHERS: usize = 2 * B::Steps::STEPS * D;

    /// Both sequences, queries, keys and values, what the heads give, and what they keep.
    const KEPT: [usize; 6] =
        [A::Steps::LEN, B::Steps::LEN, Self::QUERIES, Self::OTHERS, Self::QUERIES, Self::SIZES.heads.kept()];

    /// The gradients of what is given, of queries, of keys and values, of what the heads give, and of the second sequence.
    const GRADIENTS: [usize; 5] = [Self::QUERIES, Self::QUERIES, Self::OTHERS, Self::QUERIES, B::Steps::LEN];

    fn parameters(&self) -> Parameters<&[T]> {
        Parameters {
            query: [self.query_weight.as_flat(), &self.query_bias],
            key_value: [self.key_value_weight.as_flat(), self.key_value_bias.as_flat()],
            out: [self.out_weight.as_flat(), &self.out_bias],
        }
    }

    fn parameters_mut(&mut self) -> Parameters<&mut [T]> {
        Parameters {
            query: [self.query_weight.as_flat_mut(), &mut self.query_bias],
            key_value: [self.key_value_weight.as_flat_mut(), self.key_value_bias.as_flat_mut()],
            out: [self.out_weight.as_flat_mut(), &mut self.out_bias],
        }
    }

    /// All steps of both sequences, side by side.
    fn copy(x: &[Pair<A, B>], first: &mut [T], second: &mut [T], parallel: Parallel<'_>) {
        by_samples(parallel, typednet_tensor::rows_mut::<A::Steps>(first), A::Steps::LEN, |at, to| {
            for (x, to) in x[at..].iter().zip(to) {
                *to = *x.first.all();
            }
        });
        by_samples(parallel, typednet_tensor::rows_mut::<B::Steps>(second), B::Steps::LEN, |at, to| {
            for (x, to) in x[at..].iter().zip(to) {
                *to = *x.second.all();
            }
        });
    }

    /// All passes forward; `kept` is nothing where there will be no backward pass.
    fn attend(
        &self,
        x: &[Pair<A, B>],
        y: &mut [A],
        [first, second, queries, keys_and_values, context]: [&mut [T]; 5],
        (kept, joined, scratch): (Option<&mut [T]>, &mut [T], &mut [T]),
        run: PassContext<'_>,
    ) {
        let (parallel, parameters) = (run.parallel(), self.parameters());
        Self::copy(x, first, second, parallel);
        let lengths = LengthsOfSecond(x);
        let lengths = B::SHAPE.is_padded().then_some(&lengths as &dyn Lengths);
        let projected = Projected { queries, keys_and_values, context: &mut *context };
        cross::forward(Self::SIZES, &parameters, [first, second], projected, kept, scratch, (lengths, parallel));
        cross::join(D, &parameters, context, joined, parallel);
        let joined = typednet_tensor::rows::<A::Steps>(joined);
        by_samples(parallel, y, A::LEN, |at, y| {
            for ((x, joined), y) in x[at..].iter().zip(&joined[at..]).zip(y) {
                Self::put(x.first.length(), joined, y);
            }
        });
    }

    /// The first `length` steps of a sample; the others are 0.
    fn put(length: usize, from: &A::Steps, to: &mut A) {
        *to.all_mut() = *from;
        to.all_mut().as_flat_mut()[length * D..].fill(T::ZERO);
        to.set_length(length);
    }
}

/// Cuts so many numbers for each of `rows` samples.
fn cut<'a, T, const K: usize>(space: &mut Workspace<'a, T>, rows: usize, sizes: [usize; K]) -> [&'a mut [T]; K] {
    sizes.map(|size| space.elements(rows * size))
}

/// The memory of so many numbers for each sample.
const fn need(sizes: &[usize]) -> WorkspaceSize {
    let (mut need, mut i) = (WorkspaceSize::NONE, 0);
    while i < sizes.len() {
        need = need.and(WorkspaceSize::rows(sizes[i]));
        i += 1;
    }
    need
}

impl<A, B, T, const D: usize, const E: usize, const HEADS: usize, const HEAD_WIDTH: usize> Layer
    for CrossAttention<A, B, D, E, HEADS, HEAD_WIDTH>
where
    T: Scalar,
    A: Differentiable<Elem = T> + Sequence<Steps: Steps<Step = [T; D]> + Differentiable<Elem = T>>,
    B: Differentiable<Elem = T> + Sequence<Steps: Steps<Step = [T; E]> + Differentiable<Elem = T>>,
{
    type In = Pair<A, B>;
    type Out = A;
    type Head = Linear;

    const TREE: LayerInfo = {
        const fn param(name: &'static str, shape: Shape, kind: ParamKind, init: Init, fan: [usize; 2]) -> Param {
            Param { name, shape, kind, init, fan_in: fan[0], fan_out: fan[1] }
        }
        let (queries, keys, xavier) = (Self::SIZES.heads.steps(), Self::SIZES.heads.keys(), Init::XavierUniform);
        LayerInfo {
            name: "CrossAttention",
            args: &[Arg::Size(HEADS)],
            input: Self::In::SHAPE,
            output: A::SHAPE,
            params: &[
                param("query_weight", Shape::new(&[D, D]), ParamKind::Weight, xavier, [D, D]),
                param("query_bias", Shape::new(&[D]), ParamKind::Bias, Init::Zeros, [D, D]),
                param("key_value_weight", Shape::new(&[E, 2, D]), ParamKind::Weight, xavier, [E, D]),
                param("key_value_bias", Shape::new(&[2, D]), ParamKind::Bias, Init::Zeros, [E, D]),
                param("out_weight", Shape::new(&[D, D]), ParamKind::Weight, Init::UniformFanIn, [D, D]),
                param("out_bias", Shape::new(&[D]), ParamKind::Bias, Init::Zeros, [D, D]),
            ],
            children: &[],
            flops: (queries * (4 * D * D + 2 * D) + keys * (4 * E * D + 2 * D) + 4 * queries * keys * D) as u64,
            behaviour: Behaviour::PLAIN.computing(Operation::OfCrossAttention { heads: HEADS }),
        }
    };

    const SAVED: WorkspaceSize = need(&Self::KEPT);

    /// All gradients, of which the first is the place of what is given too, and what the heads take.
    const SCRATCH: WorkspaceSize = need(&Self::GRADIENTS).and(need(&[Self::SIZES.heads.backward_scratch()]));

    const INFER: WorkspaceSize = need(&Self::KEPT).and(need(&[Self::QUERIES, Self::SIZES.heads.forward_scratch()]));

    fn predict_into(&self, x: &Self::In, y: &mut A) {
        let (mut queries, mut context) = (zeros::<A::Steps>(), zeros::<A::Steps>());
        // Of each query and head: the largest score so far, and the sum of e^(score − largest).
        let (mut largest, mut sums) = (zeros::<A::Steps>(), zeros::<A::Steps>());
        let dense = |x: &[T], weight: &dyn Fn(usize) -> T, bias: T| {
            x.iter().enumerate().fold(bias, |sum, (i, x)| sum + *x * weight(i))
        };
        for (x, q) in x.first.all().as_steps().iter().zip(queries.as_steps_mut()) {
            for (o, q) in q.iter_mut().enumerate() {
                *q = dense(x, &|i| self.query_weight[i][o], self.query_bias[o]);
            }
        }
        let scale = T::of(num_traits::Float::sqrt(HEAD_WIDTH as f64).recip());
        // Keys and values one step after the other, and the softmax put together on the way.
        for (at, z) in x.second.all().as_steps()[..x.second.length()].iter().enumerate() {
            let number = |which: usize, o: usize| {
                dense(z, &|i| self.key_value_weight[i][which][o], self.key_value_bias[which][o])
            };
            let (key, value): ([T; D], [T; D]) =
                (core::array::from_fn(|o| number(0, o)), core::array::from_fn(|o| number(1, o)));
            for query in 0..A::Steps::STEPS {
                let (q, context) = (&queries.as_steps()[query], &mut context.as_steps_mut()[query]);
                let (largest, sums) = (&mut largest.as_steps_mut()[query], &mut sums.as_steps_mut()[query]);
                for head in 0..HEADS {
                    let of_head = head * HEAD_WIDTH..(head + 1) * HEAD_WIDTH;
                    let products = q[of_head.clone()].iter().zip(&key[of_head.clone()]).map(|(q, k)| *q * *k);
                    let score = products.sum::<T>() * scale;
                    let before = if at == 0 { score } else { largest[head] };
                    largest[head] = before.max(score);
                    let (shrunk, share) = ((before - largest[head]).exp(), (score - largest[head]).exp());
                    sums[head] = sums[head] * shrunk + share;
                    for o in of_head {
                        context[o] = context[o] * shrunk + share * value[o];
                    }
                }
            }
        }
        let mut joined = zeros::<A::Steps>();
        for (at, y) in joined.as_steps_mut().iter_mut().enumerate() {
            let (context, sums) = (&context.as_steps()[at], &sums.as_steps()[at]);
            for (o, y) in y.iter_mut().enumerate() {
                let given = (0..D).map(|i| context[i] / sums[i / HEAD_WIDTH] * self.out_weight[i][o]);
                *y = self.out_bias[o] + given.sum::<T>();
            }
        }
        Self::put(x.first.length(), &joined, y);
    }

    fn infer(&self, x: &[Self::In], y: &mut [A], scratch: &mut [T], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let [first, second, queries, others, context, joined, heads] = cut(
            &mut scratch,
            x.len(),
            [
                A::Steps::LEN,
                B::Steps::LEN,
                Self::QUERIES,
                Self::OTHERS,
                Self::QUERIES,
                Self::QUERIES,
                Self::SIZES.heads.forward_scratch(),
            ],
        );
        self.attend(x, y, [first, second, queries, others, context], (None, joined, heads), run);
    }

    fn forward(&self, x: &[Self::In], y: &mut [A], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        let [first, second, queries, others, context, kept] =
            cut(&mut Workspace::new(saved, x.len()), x.len(), Self::KEPT);
        let sizes = [Self::QUERIES, Self::SIZES.heads.forward_scratch()];
        let [joined, heads] = cut(&mut Workspace::new(scratch, x.len()), x.len(), sizes);
        self.attend(x, y, [first, second, queries, others, context], (Some(kept), joined, heads), run);
    }

    /// ∂L/∂y of steps that count, and 0 for padding, go back through what is joined, through the heads and through the three products; by how
    /// many steps count there is no gradient.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [A],
        dx: Option<&mut [Self::In]>,
        grad: &mut Self,
        scratch: &mut [T],
        run: PassContext<'_>,
    ) {
        if run.is_frozen() && dx.is_none() {
            return;
        }
        let Trace { x, saved, .. } = trace;
        let (rows, parallel, parameters) = (x.len(), run.parallel(), self.parameters());
        let [first, second, queries, keys_and_values, context, kept] =
            cut(&mut Workspace::new(saved, rows), rows, Self::KEPT);
        let mut scratch = Workspace::new(scratch, rows);
        let [d_first, d_queries, d_keys_and_values, d_context, d_second] = cut(&mut scratch, rows, Self::GRADIENTS);
        let [heads] = cut(&mut scratch, rows, [Self::SIZES.heads.backward_scratch()]);
        let dy = &*dy;
        by_samples(parallel, typednet_tensor::rows_mut::<A::Steps>(d_first), Self::QUERIES, |at, to| {
            for ((x, dy), to) in x[at..].iter().zip(&dy[at..]).zip(to) {
                *to = *dy.all();
                to.as_flat_mut()[x.first.length() * D..].fill(T::ZERO);
            }
        });
        let lengths = LengthsOfSecond(x);
        let lengths = B::SHAPE.is_padded().then_some(&lengths as &dyn Lengths);
        let projected = Projected { queries: &*queries, keys_and_values, context };
        let backward =
            Backward { sizes: Self::SIZES, parameters: &parameters, x: [first, second], projected, kept, dy: d_first };
        let mut d = Projected { queries: d_queries, keys_and_values: d_keys_and_values, context: d_context };
        let grad = (!run.is_frozen()).then(|| grad.parameters_mut());
        backward.run(&mut d, grad, heads, (lengths, parallel));
        let Some(dx) = dx else { return };
        cross::input_gradients(Self::SIZES, &parameters, &d, [d_first, d_second], parallel);
        let (d_first, d_second) =
            (typednet_tensor::rows::<A::Steps>(d_first), typednet_tensor::rows::<B::Steps>(d_second));
        by_samples(parallel, dx, <Self::In>::LEN, |at, dx| {
            for ((first, second), dx) in d_first[at..].iter().zip(&d_second[at..]).zip(dx) {
                flat_mut(core::slice::from_mut(dx)).fill(T::ZERO);
                *dx.first.all_mut() = *first;
                *dx.second.all_mut() = *second;
            }
        });
    }
}
