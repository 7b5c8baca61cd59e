//! Attention of several heads over the steps of sequences: Y = softmax(Q·Kᵀ/√w)·V for each head (Vaswani and others 2017).
//!
//! A batch is a slice of samples, one behind the other. The first operand of every pass is what one product gives for all steps:
//! `[steps][q, k, v][head][w]`, so a head is a few columns of rows that are far apart. [`MultiHead`] holds the sizes; [`forward`] and
//! [`backward`] are the passes. Where the steps of one sequence look at those of another, queries stand by themselves, and keys and values
//! side by side: [`forward_across`] and [`backward_across`].
//!
//! The weights softmax(Q·Kᵀ/√w) of a few queries and at most 256 keys are in the first-level cache at a time, and nowhere as a
//! whole: memory grows with the steps, not with their square. Over more keys the softmax is put together piece by piece
//! (Milakov and Gimelshein 2018): where a piece has a larger score than those before, what they gave is scaled down. The backward
//! pass computes the weights again from the largest score and the sum of each row, which the forward pass keeps (Dao and others
//! 2022). Where only steps up to a query's own count, keys behind the last query of a tile are skipped.
//!
//! A head of a sample is one thread's work from its first to its last sum, so bits do not depend on the number of threads.

mod backward;
mod forward;
mod head;
mod operands;
mod part;
pub mod reference;
mod scores;
mod step;

pub use step::step;

use crate::matmul::parts;
use crate::parallel::Start;
use crate::simd::{Lane, lane};
use crate::size::product;
use crate::{Parallel, Scalar};
use operands::{Gradients, Operands};
use part::{Heap, Part, Pass};

/// The sizes of attention.
///
/// ```
/// use typednet_tensor::attention::MultiHead;
///
/// let heads = MultiHead::new(64, 4, 32).causal();
/// assert_eq!(heads.width(), 128);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MultiHead {
    queries: usize,
    keys: usize,
    heads: usize,
    head_width: usize,
    is_causal: bool,
}

impl MultiHead {
    /// `heads` heads of `head_width` numbers over `steps` steps, each of which looks at all.
    ///
    /// # Panics
    /// If a size is 0.
    pub const fn new(steps: usize, heads: usize, head_width: usize) -> Self {
        Self::across(steps, steps, heads, head_width)
    }

    /// The same, where the steps of one sequence, `queries`, look at all steps of another, `keys`.
    ///
    /// # Panics
    /// If a size is 0.
    pub const fn across(queries: usize, keys: usize, heads: usize, head_width: usize) -> Self {
        assert!(
            queries > 0 && keys > 0 && heads > 0 && head_width > 0,
            "attention needs a step, a head and a number in it"
        );
        Self { queries, keys, heads, head_width, is_causal: false }
    }

    /// The same, where a step looks at itself and those before it.
    #[must_use]
    pub const fn causal(self) -> Self {
        Self { is_causal: true, ..self }
    }

    /// The same over other steps, such as those of a sequence that count.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub const fn over(self, steps: usize) -> Self {
        assert!(steps > 0, "attention needs a step");
        Self { queries: steps, keys: steps, ..self }
    }

    /// The same, where the other sequence has another number of steps, such as those that count.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub const fn seeing(self, keys: usize) -> Self {
        assert!(keys > 0, "attention needs a step to look at");
        Self { keys, ..self }
    }

    /// The number of steps that look at others.
    pub const fn steps(&self) -> usize {
        self.queries
    }

    /// The number of steps that are looked at.
    pub const fn keys(&self) -> usize {
        self.keys
    }

    /// The number of heads.
    pub const fn heads(&self) -> usize {
        self.heads
    }

    /// The numbers of a head of a step.
    pub const fn head_width(&self) -> usize {
        self.head_width
    }

    /// The numbers of a step: those of all heads.
    pub const fn width(&self) -> usize {
        product(&[self.heads, self.head_width])
    }

    /// The numbers that the forward pass keeps of a sample for the backward pass: the largest score of each head's query, and
    /// 1/Σ e^(score − largest).
    pub const fn kept(&self) -> usize {
        product(&[2, self.heads, self.queries])
    }

    /// The numbers of working memory that the forward pass takes for a sample: all keys, turned.
    pub const fn forward_scratch(&self) -> usize {
        product(&[self.keys, self.width()])
    }

    /// The same for the backward pass: keys and values.
    pub const fn backward_scratch(&self) -> usize {
        product(&[2, self.keys, self.width()])
    }

    /// √w⁻¹
    fn scale<T: Scalar>(&self) -> T {
        T::of(num_traits::Float::sqrt(self.head_width as f64).recip())
    }

    /// Which keys query `query` sees, from the first on.
    fn seen(&self, query: usize) -> usize {
        if self.is_causal { query + 1 } else { self.keys }
    }

    /// The multiplications and additions of a product over all queries and keys of a batch.
    fn flops(&self, samples: usize) -> usize {
        [2, samples, self.queries, self.width()].into_iter().fold(self.keys, usize::saturating_mul)
    }

    /// How many samples `qkv` is.
    fn samples<T>(&self, qkv: &[T]) -> usize {
        assert_eq!(self.queries, self.keys, "queries that stand beside keys are as many");
        let sample = 3 * self.queries * self.width();
        let samples = qkv.len() / sample;
        assert_eq!(qkv.len(), samples * sample, "queries, keys and values are samples of {sample} numbers");
        samples
    }

    /// How many samples `queries` are, and `keys_and_values` too.
    fn samples_across<T>(&self, queries: &[T], keys_and_values: &[T]) -> usize {
        assert!(!self.is_causal, "steps of two sequences have no order");
        let [sample, others] = [self.queries * self.width(), 2 * self.keys * self.width()];
        let samples = queries.len() / sample;
        assert_eq!(queries.len(), samples * sample, "queries are samples of {sample} numbers");
        assert_eq!(keys_and_values.len(), samples * others, "keys and values are samples of {others} numbers");
        samples
    }
}

/// `context` ← what the heads of each sample give, side by side: `[steps][head][w]` of `qkv`, `[steps][q, k, v][head][w]`.
///
/// `kept` is [`MultiHead::kept`] numbers for each sample, or nothing where there will be no backward pass; `scratch` is
/// [`MultiHead::forward_scratch`] numbers for each.
///
/// ```
/// use typednet_tensor::Parallel;
/// use typednet_tensor::attention::{MultiHead, forward};
///
/// // Two steps of one head of one number. The first key is far larger for the second query than the second key.
/// let qkv = [0.0_f32, 100.0, 5.0, 1.0, 0.0, 7.0];
/// let (mut context, mut scratch) = ([0.0; 2], [0.0; 2]);
/// forward(&MultiHead::new(2, 1, 1), &qkv, &mut context, None, &mut scratch, Parallel::SERIAL);
/// assert_eq!(context, [6.0, 5.0]);
/// ```
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn forward<T: Scalar>(
    heads: &MultiHead,
    qkv: &[T],
    context: &mut [T],
    kept: Option<&mut [T]>,
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    forward_on(lane(), heads, qkv, context, kept, scratch, parallel);
}

/// [`forward`] on a lane.
///
/// # Panics
/// If the lengths do not agree.
#[doc(hidden)]
pub fn forward_on<T: Scalar>(
    lane: Lane,
    heads: &MultiHead,
    qkv: &[T],
    context: &mut [T],
    kept: Option<&mut [T]>,
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    let samples = heads.samples(qkv);
    forward_of((lane, heads), Operands::Together(qkv), samples, context, kept, scratch, parallel);
}

/// As [`forward`], where queries, `[queries][head][w]`, look at the keys of another sequence, `[keys][key, value][head][w]`.
///
/// ```
/// use typednet_tensor::Parallel;
/// use typednet_tensor::attention::{MultiHead, forward_across};
///
/// // One query of one head of one number, and two keys: the first answers far more.
/// let (mut context, mut scratch) = ([0.0; 1], [0.0; 2]);
/// let heads = MultiHead::across(1, 2, 1, 1);
/// forward_across(&heads, (&[1.0_f32], &[100.0, 5.0, 0.0, 7.0]), &mut context, None, &mut scratch, Parallel::SERIAL);
/// assert_eq!(context, [5.0]);
/// ```
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn forward_across<T: Scalar>(
    heads: &MultiHead,
    (queries, keys_and_values): (&[T], &[T]),
    context: &mut [T],
    kept: Option<&mut [T]>,
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    forward_across_on(lane(), heads, (queries, keys_and_values), context, kept, scratch, parallel);
}

/// [`forward_across`] on a lane.
///
/// # Panics
/// If the lengths do not agree.
#[doc(hidden)]
pub fn forward_across_on<T: Scalar>(
    lane: Lane,
    heads: &MultiHead,
    (queries, keys_and_values): (&[T], &[T]),
    context: &mut [T],
    kept: Option<&mut [T]>,
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    let samples = heads.samples_across(queries, keys_and_values);
    forward_of((lane, heads), Operands::Apart(queries, keys_and_values), samples, context, kept, scratch, parallel);
}

fn forward_of<T: Scalar>(
    (lane, heads): (Lane, &MultiHead),
    operands: Operands<'_, T>,
    samples: usize,
    context: &mut [T],
    kept: Option<&mut [T]>,
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    assert_eq!(
        context.len(),
        samples * heads.queries * heads.width(),
        "the context has as many numbers as the queries"
    );
    assert!(kept.as_ref().is_none_or(|kept| kept.len() >= samples * heads.kept()), "`kept` is too short");
    assert!(scratch.len() >= samples * heads.forward_scratch(), "the working memory is too small");
    let pass = Pass::Forward { context: Start::of(context), kept: kept.map(Start::of) };
    in_parts((lane, heads), &Heap { operands, scratch: Start::of(scratch), pass }, samples, FORWARD, parallel);
}

/// The gradient of `qkv` from that of the context, from `context` and `kept` as [`forward`] has left them.
///
/// `scratch` is [`MultiHead::backward_scratch`] numbers for each sample.
///
/// With P = softmax(Q·Kᵀ/√w) and Y = P·V: ∂L/∂V = Pᵀ·∂L/∂Y and ∂L/∂P = ∂L/∂Y·Vᵀ. Of a softmax ∂L/∂S = P ⊙ (∂L/∂P − d) with
/// dᵢ = Σⱼ Pᵢⱼ·∂L/∂Pᵢⱼ, which is ∂L/∂Yᵢ·Yᵢ. So ∂L/∂Q = ∂L/∂S·K/√w and ∂L/∂K = (∂L/∂S)ᵀ·Q/√w.
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn backward<T: Scalar>(
    heads: &MultiHead,
    (qkv, context, kept): (&[T], &[T], &[T]),
    d_context: &[T],
    d_qkv: &mut [T],
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    backward_on((lane(), heads), (qkv, context, kept), d_context, d_qkv, scratch, parallel);
}

/// [`backward`] on a lane.
///
/// # Panics
/// If the lengths do not agree.
#[doc(hidden)]
pub fn backward_on<T: Scalar>(
    (lane, heads): (Lane, &MultiHead),
    (qkv, context, kept): (&[T], &[T], &[T]),
    d_context: &[T],
    d_qkv: &mut [T],
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    let samples = heads.samples(qkv);
    assert_eq!(qkv.len(), d_qkv.len(), "a gradient has as many numbers as what it is of");
    let gradients = Gradients::Together(Start::of(d_qkv));
    let given = (context, kept, d_context);
    backward_of((lane, heads), Operands::Together(qkv), samples, given, gradients, scratch, parallel);
}

/// As [`backward`], from what [`forward_across`] has left: the gradients of queries, and of keys and values.
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn backward_across<T: Scalar>(
    heads: &MultiHead,
    (queries, keys_and_values): (&[T], &[T]),
    (context, kept, d_context): (&[T], &[T], &[T]),
    (d_queries, d_keys_and_values): (&mut [T], &mut [T]),
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    let gradients = (d_queries, d_keys_and_values);
    backward_across_on(
        (lane(), heads),
        (queries, keys_and_values),
        (context, kept, d_context),
        gradients,
        scratch,
        parallel,
    );
}

/// [`backward_across`] on a lane.
///
/// # Panics
/// If the lengths do not agree.
#[doc(hidden)]
pub fn backward_across_on<T: Scalar>(
    (lane, heads): (Lane, &MultiHead),
    (queries, keys_and_values): (&[T], &[T]),
    (context, kept, d_context): (&[T], &[T], &[T]),
    (d_queries, d_keys_and_values): (&mut [T], &mut [T]),
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    let samples = heads.samples_across(queries, keys_and_values);
    assert!(
        queries.len() == d_queries.len() && keys_and_values.len() == d_keys_and_values.len(),
        "a gradient has as many numbers as what it is of"
    );
    let gradients = Gradients::Apart(Start::of(d_queries), Start::of(d_keys_and_values));
    let operands = Operands::Apart(queries, keys_and_values);
    backward_of((lane, heads), operands, samples, (context, kept, d_context), gradients, scratch, parallel);
}

/// `gradients` are those of `operands`, which are `samples` samples.
fn backward_of<T: Scalar>(
    (lane, heads): (Lane, &MultiHead),
    operands: Operands<'_, T>,
    samples: usize,
    (context, kept, d_context): (&[T], &[T], &[T]),
    gradients: Gradients<T>,
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    let outputs = samples * heads.queries * heads.width();
    assert!(
        [context, d_context].iter().all(|rows| rows.len() == outputs),
        "the context has as many numbers as the queries"
    );
    assert!(kept.len() >= samples * heads.kept(), "`kept` is too short");
    assert!(scratch.len() >= samples * heads.backward_scratch(), "the working memory is too small");
    let pass = Pass::Backward { context, kept, d_context, gradients };
    in_parts((lane, heads), &Heap { operands, scratch: Start::of(scratch), pass }, samples, BACKWARD, parallel);
}

/// How many products over all queries and keys the passes are.
const FORWARD: usize = 2;
const BACKWARD: usize = 5;

/// In how many parts `products` products over all queries and keys of a batch are cut.
fn parts_of(heads: &MultiHead, samples: usize, products: usize, parallel: Parallel<'_>) -> usize {
    parts(parallel, heads.flops(samples).saturating_mul(products)).min(samples * heads.heads).max(1)
}

/// In how many parts the forward pass of a batch is cut.
#[doc(hidden)]
pub fn forward_parts(heads: &MultiHead, samples: usize, parallel: Parallel<'_>) -> usize {
    parts_of(heads, samples, FORWARD, parallel)
}

/// Runs the heads of all samples, in as many parts as `products` products of them are worth.
fn in_parts<T: Scalar>(
    (lane, heads): (Lane, &MultiHead),
    heap: &Heap<'_, T>,
    samples: usize,
    products: usize,
    parallel: Parallel<'_>,
) {
    let units = samples * heads.heads;
    let per_part = units.div_ceil(parts_of(heads, samples, products, parallel)).max(1);
    parallel.run(units.div_ceil(per_part), &|part| {
        let first = part * per_part;
        Part::new(heads, heap, first..units.min(first + per_part)).run(lane);
    });
}
