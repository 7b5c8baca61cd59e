//! Attention by its formula, one number after the other: what the kernels are tested against.

use super::MultiHead;
use crate::Scalar;

/// The weight of every key for every query of a head of a sample, `[steps][steps]` numbers into `weights`.
pub fn weights<T: Scalar>(heads: &MultiHead, qkv: &[T], head: usize, weights: &mut [T]) {
    let &MultiHead { queries: steps, head_width, .. } = heads;
    let row = |which: usize, step: usize| &qkv[(3 * step + which) * heads.width() + head * head_width..][..head_width];
    for (query, weights) in weights.chunks_exact_mut(steps).enumerate() {
        let (seen, unseen) = weights.split_at_mut(heads.seen(query));
        unseen.fill(T::ZERO);
        for (key, weight) in seen.iter_mut().enumerate() {
            let products = row(0, query).iter().zip(row(1, key)).map(|(q, k)| *q * *k);
            *weight = products.sum::<T>() * heads.scale::<T>();
        }
        let largest = seen.iter().copied().fold(T::LOWEST, T::max);
        for weight in &mut *seen {
            *weight = (*weight - largest).exp();
        }
        let sum: T = seen.iter().copied().sum();
        for weight in seen {
            *weight /= sum;
        }
    }
}
