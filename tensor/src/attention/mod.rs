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
mod multi_head;
mod operands;
mod part;
pub mod reference;
mod scores;
mod step;

pub use multi_head::MultiHead;
pub use step::step;

use crate::matmul::parts;
use crate::parallel::Start;
use crate::simd::{Lane, lane};
use crate::{Parallel, Scalar};
use operands::{Gradients, Operands};
use part::{Heap, Part, Pass};

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
