//! Streams through layers over padded steps. A stream takes the steps that there are, so nothing in it is padding: it is the stream of the
//! layers without what tells them so.

use typednet_tensor::{Differentiable, Flat, Scalar, Steps, Token};

use super::Streaming;
use crate::{EndPadded, OnPadded, PaddedEmbedding, PaddedTiedEmbedding, ReadsPadded, TiedEmbedding};

/// Behind n steps it has given what the layer gives of a sequence of which these n count.
macro_rules! of_inside {
    ($([$($generics:tt)*] $layer:ty where [$($bounds:tt)*];)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Streaming for $layer
        where
            $($bounds)*
        {
            type StepIn = L::StepIn;
            type StepOut = L::StepOut;
            type State = L::State;

            const LONGEST: usize = L::LONGEST;

            fn step_into(&self, state: &mut Self::State, at: usize, x: &Self::StepIn, y: &mut Self::StepOut) {
                self.inner.step_into(state, at, x, y);
            }
        }
    )*};
}

of_inside! {
    [L] OnPadded<L> where [
        L: Streaming + ReadsPadded<Elem: Scalar, In: Differentiable<Elem = <L as Flat>::Elem>, Out: Steps>
    ];
    [L] EndPadded<L> where [L: Streaming + ReadsPadded<Elem: Scalar, In: Differentiable<Elem = <L as Flat>::Elem>>];
}

#[diagnostic::do_not_recommend]
impl<const N: usize, const V: usize, const D: usize, T: Scalar> Streaming for PaddedEmbedding<N, V, D, T> {
    type StepIn = Token<V>;
    type StepOut = [T; D];
    type State = [T; 0];

    fn step_into(&self, _: &mut Self::State, _: usize, x: &Token<V>, y: &mut [T; D]) {
        *y = self.inner.weight[x.index()];
    }
}

/// One token at a time, as of the tied embedding itself.
#[diagnostic::do_not_recommend]
impl<const N: usize, const V: usize, const D: usize, L, T: Scalar, const B: usize> Streaming
    for PaddedTiedEmbedding<TiedEmbedding<N, V, D, L, T, B>>
where
    L: Streaming<Elem = T> + ReadsPadded,
{
    type StepIn = Token<V>;
    type StepOut = [T; V];
    type State = L::State;

    const LONGEST: usize = L::LONGEST;

    fn step_into(&self, state: &mut L::State, at: usize, x: &Token<V>, y: &mut [T; V]) {
        self.inner.step_into(state, at, x, y);
    }
}
