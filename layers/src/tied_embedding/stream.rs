//! Streams of texts through a tied embedding.

use core::slice::from_ref;

use typednet_tensor::{Flat, Parallel, Scalar, Token, same, zeros};

use super::TiedEmbedding;
use crate::Streaming;

/// One token at a time, with the logits of the one that follows.
#[diagnostic::do_not_recommend]
impl<const N: usize, const V: usize, const D: usize, L: Streaming<Elem = T>, T: Scalar, const B: usize> Streaming
    for TiedEmbedding<N, V, D, L, T, B>
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
