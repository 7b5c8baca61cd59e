//! Streams and forms of a public network that is made of less public ones.
//!
//! What a network has of its chain of layers ([`AsChain`](crate::compact::AsChain)) it has by the chain's type, and rustc lets no
//! public type be known by a private one (E0446): `network! { pub struct Gpt: … => Repeat<4, Block> … }` beside a private `Block`
//! would not compile. So such a network says nothing of the types that follow from its chain: its states and its forms are arrays of
//! as many elements, whose number is a private constant, and what is done with them is said in bodies of functions, where private
//! types may stand.
//!
//! Whether the chain can do it at all (`Streaming`, `Compact`) is the condition of those impls. rustc refuses a condition that it
//! knows to be false where it stands, but not one with a lifetime of its own: hence the traits with a lifetime here
//! ([`StreamingFor`], [`FormFor`], [`CompactFor`]), each of which holds where the trait without it does.

mod compact;
mod sizes;
mod streaming;

pub use compact::{CompactFor, FormFor, FormOf, OpaqueForm, OpaqueForms};
pub use sizes::{NoSize, SizeOf};
pub use streaming::StreamingFor;

/// Streams for the network `$name` of the chain that the alias `$chain` names; `network!` calls it beside the struct.
#[doc(hidden)]
#[macro_export]
macro_rules! opaque_streams {
    ($net:ident, $name:ident, $elem:ty, [$step_in:ty => $step_out:ty], $chain:ident) => {
        const _: () = {
            const __STATE: $net::usize = {
                #[allow(unused_imports, reason = "the chain may have a state of its own")]
                use $net::NoSize as _;
                $net::SizeOf::<$chain>::STATE
            };

            #[automatically_derived]
            #[allow(private_bounds, reason = "the condition of an impl is no part of what it gives")]
            #[diagnostic::do_not_recommend]
            impl $net::Streaming for $name
            where
                for<'a> $chain: $net::StreamingFor<'a, $elem>,
            {
                type StepIn = $step_in;
                type StepOut = $step_out;
                type State = [$elem; __STATE];

                const LONGEST: $net::usize = <$chain as $net::StreamingFor<'static, $elem>>::LONGEST;

                fn step_into(&self, state: &mut Self::State, at: $net::usize, x: &$step_in, y: &mut $step_out) {
                    $net::StreamingFor::step($net::recast::<Self, $chain>(self), state, at, x, y);
                }
            }
        };
    };
}

/// Forms for the network `$name` of the chain that the alias `$chain` names; `network!` calls it beside the struct.
#[doc(hidden)]
#[macro_export]
macro_rules! opaque_forms {
    ($net:ident, $name:ident, $chain:ident) => {
        const _: () = {
            const __SIZES: [$net::usize; 2] = {
                #[allow(unused_imports, reason = "the chain may have sizes of its own")]
                use $net::NoSize as _;
                [$net::SizeOf::<$chain>::BF16, $net::SizeOf::<$chain>::INT8]
            };

            $crate::opaque_forms!(form $net, $name, $chain, $net::Bf16);
            $crate::opaque_forms!(form $net, $name, $chain, $net::u8);

            #[automatically_derived]
            #[allow(private_bounds, reason = "the condition of an impl is no part of what it gives")]
            #[diagnostic::do_not_recommend]
            impl $net::Compact for $name
            where
                for<'a> $chain: $net::FormFor<'a, $net::Bf16>
                    + $net::FormFor<'a, $net::u8>
                    + $net::CompactFor<'a>,
            {
                type Bf16 = $net::OpaqueForm<Self, $net::Bf16, { __SIZES[0] }>;
                type Int8 = $net::OpaqueForm<Self, $net::u8, { __SIZES[1] }>;

                fn write_bf16(&self, to: &mut Self::Bf16) {
                    $net::CompactFor::write_bf16($net::recast::<Self, $chain>(self), to);
                }

                fn observe(&self, x: &Self::In, y: &mut Self::Out, to: &mut Self::Int8) {
                    $net::CompactFor::observe($net::recast::<Self, $chain>(self), x, y, to);
                }

                fn quantise(&self, to: &mut Self::Int8) {
                    $net::CompactFor::quantise($net::recast::<Self, $chain>(self), to);
                }

                fn restore(&self, form: &Self::Int8, to: &mut Self) {
                    let to = $net::recast_mut::<Self, $chain>(to);
                    $net::CompactFor::restore($net::recast::<Self, $chain>(self), form, to);
                }

                fn steps(form: &Self::Int8, visit: &mut dyn $net::FnMut($net::Option<$net::Steps<'_>>)) {
                    <$chain as $net::CompactFor<'_>>::steps(form, visit);
                }

                $crate::with_alloc! {
                    fn compare(&self, form: &Self::Int8, x: [&Self::In; 2], y: [&mut Self::Out; 2], walk: &mut $net::Walk) {
                        $net::CompactFor::compare($net::recast::<Self, $chain>(self), form, x, y, walk);
                    }
                }
            }
        };
    };
    (form $net:ident, $name:ident, $chain:ident, $elem:ty) => {
        #[automatically_derived]
        #[allow(private_bounds, reason = "the condition of an impl is no part of what it gives")]
        impl $net::OpaqueForms<$elem> for $name
        where
            for<'a> $chain: $net::FormFor<'a, $elem>,
        {
            const TREE: $net::LayerInfo = <$chain as $net::FormFor<'static, $elem>>::TREE;
            const INFER: $net::WorkspaceSize = <$chain as $net::FormFor<'static, $elem>>::INFER;
            const STACK: $net::usize = <$chain as $net::FormFor<'static, $elem>>::STACK;

            fn predict_into<F: $net::Flat<Elem = $elem>>(form: &F, x: &Self::In, y: &mut Self::Out) {
                <$chain as $net::FormFor<'_, $elem>>::predict_into(form, x, y);
            }

            fn infer<F: $net::Flat<Elem = $elem>>(
                form: &F,
                x: &[Self::In],
                y: &mut [Self::Out],
                scratch: &mut [$net::f32],
                run: $net::PassContext<'_>,
            ) {
                <$chain as $net::FormFor<'_, $elem>>::infer(form, x, y, scratch, run);
            }
        }
    };
}

/// What stands in it, where there is an allocator.
#[cfg(feature = "alloc")]
#[doc(hidden)]
#[macro_export]
macro_rules! with_alloc {
    ($($item:tt)*) => { $($item)* };
}

/// Nothing, as there is no allocator.
#[cfg(not(feature = "alloc"))]
#[doc(hidden)]
#[macro_export]
macro_rules! with_alloc {
    ($($item:tt)*) => {};
}
