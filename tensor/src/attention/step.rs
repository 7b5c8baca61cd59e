//! One query, behind keys and values that are there.

use super::MultiHead;
use crate::Scalar;
use crate::simd::row::{load, store};
use crate::simd::{Kernel, Simd};

/// `context` ← what the heads give for one query, which sees all of `kept`: `[steps][key, value][head][w]`, of any number of
/// steps. `scores` is working memory of a number for each of them.
///
/// ```
/// use typednet_tensor::attention::{MultiHead, step};
///
/// // One head of one number. The first key answers far more than the second.
/// let (mut scores, mut context) = ([0.0; 2], [0.0]);
/// step(&MultiHead::new(2, 1, 1), &[1.0_f32], &[100.0, 5.0, 0.0, 7.0], &mut scores, &mut context);
/// assert_eq!(context, [5.0]);
/// ```
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn step<T: Scalar>(heads: &MultiHead, query: &[T], kept: &[T], scores: &mut [T], context: &mut [T]) {
    let width = heads.width();
    let steps = kept.len() / (2 * width);
    assert_eq!(kept.len(), steps * 2 * width, "keys and values are rows of {} numbers", 2 * width);
    assert!(steps > 0, "a query sees one step at least");
    assert_eq!((query.len(), context.len()), (width, width), "a query has as many numbers as its heads");
    assert!(scores.len() >= steps, "the working memory is too small");
    T::dispatch(Step { heads, query, kept, scores: &mut scores[..steps], context });
}

struct Step<'a, T> {
    heads: &'a MultiHead,
    query: &'a [T],
    kept: &'a [T],
    scores: &'a mut [T],
    context: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Step<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { heads, query, kept, scores, context } = self;
        let (width, head_width, scale) = (heads.width(), heads.head_width, s.splat(heads.scale::<T>()));
        let heads = query.chunks_exact(head_width).zip(context.chunks_exact_mut(head_width));
        for (head, (query, context)) in heads.enumerate() {
            let columns = head * head_width;
            for (row, score) in kept.chunks_exact(2 * width).zip(&mut *scores) {
                let key = &row[columns..][..head_width];
                let mut product = s.splat(T::ZERO);
                for (q, k) in query.chunks(S::LANES).zip(key.chunks(S::LANES)) {
                    product = s.mul_add(load(s, q, T::ZERO), load(s, k, T::ZERO), product);
                }
                *score = s.sum(product);
            }
            let mut largest = s.splat(T::LOWEST);
            for scores in scores.chunks(S::LANES) {
                largest = s.max(largest, load(s, scores, T::LOWEST));
            }
            let (origin, mut sum) = (s.splat(s.largest(largest)), s.splat(T::ZERO));
            for scores in scores.chunks_mut(S::LANES) {
                let e = s.exp(s.mul(s.sub(load(s, scores, T::LOWEST), origin), scale));
                sum = s.add(sum, e);
                store(s, e, scores);
            }
            let inverse = s.splat(s.sum(sum).recip());
            for (at, context) in context.chunks_mut(S::LANES).enumerate() {
                let first = width + columns + at * S::LANES;
                let mut sum = s.splat(T::ZERO);
                for (row, weight) in kept.chunks_exact(2 * width).zip(&*scores) {
                    sum = s.mul_add(s.splat(*weight), load(s, &row[first..][..context.len()], T::ZERO), sum);
                }
                store(s, s.mul(sum, inverse), context);
            }
        }
    }
}
