//! The heads of sequences of different lengths: each sample by itself, as if it had no more steps than count.

use typednet_tensor::attention::{self, MultiHead};
use typednet_tensor::{Parallel, Scalar};

use crate::Lengths;

/// As [`attention::forward`], where so many steps of each sample count. What padding gives is 0.
#[inline(never)]
pub(super) fn forward<T: Scalar>(
    heads: &MultiHead,
    lengths: &dyn Lengths,
    qkv: &[T],
    context: &mut [T],
    kept: Option<&mut [T]>,
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    let (sample, width) = (heads.steps() * heads.width(), heads.width());
    let mut kept = kept.map(|kept| kept.chunks_exact_mut(heads.kept()));
    for (at, (qkv, context)) in qkv.chunks_exact(3 * sample).zip(context.chunks_exact_mut(sample)).enumerate() {
        let length = lengths.length(at);
        let (counted, padding) = context.split_at_mut(length * width);
        let kept = kept.as_mut().and_then(Iterator::next);
        attention::forward(&heads.over(length), &qkv[..3 * length * width], counted, kept, scratch, parallel);
        padding.fill(T::ZERO);
    }
}

/// As [`attention::backward`], from what [`forward`] has left. By what is padding the gradient is 0.
#[inline(never)]
pub(super) fn backward<T: Scalar>(
    heads: &MultiHead,
    lengths: &dyn Lengths,
    (qkv, context, kept): (&[T], &[T], &[T]),
    d_context: &[T],
    d_qkv: &mut [T],
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    let (sample, width) = (heads.steps() * heads.width(), heads.width());
    for (at, d_qkv) in d_qkv.chunks_exact_mut(3 * sample).enumerate() {
        let length = lengths.length(at);
        let (counted, padding) = d_qkv.split_at_mut(3 * length * width);
        let (qkv, kept) = (&qkv[at * 3 * sample..][..3 * length * width], &kept[at * heads.kept()..][..heads.kept()]);
        let [context, d_context] = [context, d_context].map(|rows| &rows[at * sample..][..length * width]);
        attention::backward(&heads.over(length), (qkv, context, kept), d_context, counted, scratch, parallel);
        padding.fill(T::ZERO);
    }
}

/// Compiles what depends on the scalar only: see `instances.rs`.
pub(super) fn instances<T: Scalar>() {
    core::hint::black_box([forward::<T> as *const (), backward::<T> as *const ()]);
}
