//! Streams of chains that a public network does not name.

use typednet_tensor::Flat;

use crate::Streaming;

/// [`Streaming`] of a chain of elements `T` that takes steps `X` and gives steps `Y`.
pub trait StreamingFor<'a, T, X, Y> {
    /// As [`Streaming::State`].
    type State: Flat<Elem = T> + Send + Sync;

    /// As [`Streaming::LONGEST`].
    const LONGEST: usize;

    /// As [`Streaming::step_into`].
    fn step(&self, state: &mut Self::State, at: usize, x: &X, y: &mut Y);
}

impl<L: Streaming> StreamingFor<'_, L::Elem, L::StepIn, L::StepOut> for L {
    type State = L::State;

    const LONGEST: usize = L::LONGEST;

    fn step(&self, state: &mut L::State, at: usize, x: &L::StepIn, y: &mut L::StepOut) {
        self.step_into(state, at, x, y);
    }
}

/// Streams for the network `$name` of the chain that the alias `$chain` names; `network!` calls it beside the struct.
#[doc(hidden)]
#[macro_export]
macro_rules! opaque_streams {
    (
        $net:ident, $vis:vis $name:ident, [$($declared:tt)*], [$($used:tt)*], $elem:ty, [$step_in:ty => $step_out:ty], $chain:ident
    ) => {
        // The chain stands in conditions, and in private fields.
        #[allow(private_bounds, reason = "a condition is no part of what a struct shows or an impl gives")]
        const _: () = {
            /// What the layers keep of the steps before.
            #[repr(C)]
            $vis struct __State<$($declared)*>
            where
                for<'a> $chain $($used)*: $net::StreamingFor<'a, $elem, $step_in, $step_out>,
            {
                state: <$chain $($used)* as $net::StreamingFor<'static, $elem, $step_in, $step_out>>::State,
            }

            $net::impl_flat! {
                [$($declared)*] __State $($used)*: $elem
                where [for<'a> $chain $($used)*: $net::StreamingFor<'a, $elem, $step_in, $step_out>]
                { state: <$chain $($used)* as $net::StreamingFor<'static, $elem, $step_in, $step_out>>::State, }
            }

            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl<$($declared)*> $net::Streaming for $name $($used)*
            where
                for<'a> $chain $($used)*: $net::StreamingFor<'a, $elem, $step_in, $step_out>,
            {
                type StepIn = $step_in;
                type StepOut = $step_out;
                type State = __State $($used)*;

                const LONGEST: $net::usize =
                    <$chain $($used)* as $net::StreamingFor<'static, $elem, $step_in, $step_out>>::LONGEST;

                fn step_into(&self, state: &mut Self::State, at: $net::usize, x: &$step_in, y: &mut $step_out) {
                    let chain = $net::recast::<Self, $chain $($used)*>(self);
                    $net::StreamingFor::<'static, $elem, $step_in, $step_out>::step(chain, &mut state.state, at, x, y);
                }
            }
        };
    };
}
