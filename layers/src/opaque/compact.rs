//! Forms of chains that a public network does not name.

use typednet_tensor::Flat;
use typednet_tensor::compact::Bf16;

#[cfg(feature = "alloc")]
use crate::compact::Walk;
use crate::compact::{Compact, Steps};
use crate::{Layer, Predictor};

/// [`Compact`] of the chain of the network `N`.
pub trait CompactFor<'a, N: Layer> {
    /// As [`Compact::Bf16`].
    type Bf16: Predictor<In = N::In, Out = N::Out> + Flat<Elem = Bf16>;

    /// As [`Compact::Int8`].
    type Int8: Predictor<In = N::In, Out = N::Out> + Flat<Elem = u8>;

    /// As [`Compact::write_bf16`].
    fn write_bf16(&self, to: &mut Self::Bf16);

    /// As [`Compact::observe`].
    fn observe(&self, x: &N::In, y: &mut N::Out, to: &mut Self::Int8);

    /// As [`Compact::quantise`].
    fn quantise(&self, to: &mut Self::Int8);

    /// As [`Compact::restore`].
    fn restore(&self, form: &Self::Int8, to: &mut Self);

    /// As [`Compact::steps`].
    fn steps(form: &Self::Int8, visit: &mut dyn FnMut(Option<Steps<'_>>));

    /// As [`Compact::compare`].
    #[cfg(feature = "alloc")]
    fn compare(&self, form: &Self::Int8, x: [&N::In; 2], y: [&mut N::Out; 2], walk: &mut Walk);
}

impl<N: Layer, L: Compact<In = N::In, Out = N::Out>> CompactFor<'_, N> for L {
    type Bf16 = L::Bf16;
    type Int8 = L::Int8;

    fn write_bf16(&self, to: &mut L::Bf16) {
        Compact::write_bf16(self, to);
    }

    fn observe(&self, x: &N::In, y: &mut N::Out, to: &mut L::Int8) {
        Compact::observe(self, x, y, to);
    }

    fn quantise(&self, to: &mut L::Int8) {
        Compact::quantise(self, to);
    }

    fn restore(&self, form: &L::Int8, to: &mut Self) {
        Compact::restore(self, form, to);
    }

    fn steps(form: &L::Int8, visit: &mut dyn FnMut(Option<Steps<'_>>)) {
        <L as Compact>::steps(form, visit);
    }

    #[cfg(feature = "alloc")]
    fn compare(&self, form: &L::Int8, x: [&N::In; 2], y: [&mut N::Out; 2], walk: &mut Walk) {
        Compact::compare(self, form, x, y, walk);
    }
}

/// Forms for the network `$name` of the chain that the alias `$chain` names; `network!` calls it beside the struct.
#[doc(hidden)]
#[macro_export]
macro_rules! opaque_forms {
    ($net:ident, $vis:vis $name:ident, [$($declared:tt)*], [$($used:tt)*], $chain:ident) => {
        // The chain stands in conditions, and in private fields.
        #[allow(private_bounds, reason = "a condition is no part of what a struct shows or an impl gives")]
        const _: () = {
            $crate::opaque_forms!(form $net, __Bf16, Bf16, $net::Bf16, $vis $name, [$($declared)*], [$($used)*], $chain);
            $crate::opaque_forms!(form $net, __Int8, Int8, $net::u8, $vis $name, [$($declared)*], [$($used)*], $chain);

            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl<$($declared)*> $net::Compact for $name $($used)*
            where
                for<'a> $chain $($used)*: $net::CompactFor<'a, $name $($used)*>,
            {
                type Bf16 = __Bf16 $($used)*;
                type Int8 = __Int8 $($used)*;

                fn write_bf16(&self, to: &mut Self::Bf16) {
                    $net::CompactFor::<'_, Self>::write_bf16($net::recast::<Self, $chain $($used)*>(self), &mut to.form);
                }

                fn observe(&self, x: &Self::In, y: &mut Self::Out, to: &mut Self::Int8) {
                    $net::CompactFor::<'_, Self>::observe($net::recast::<Self, $chain $($used)*>(self), x, y, &mut to.form);
                }

                fn quantise(&self, to: &mut Self::Int8) {
                    $net::CompactFor::<'_, Self>::quantise($net::recast::<Self, $chain $($used)*>(self), &mut to.form);
                }

                fn restore(&self, form: &Self::Int8, to: &mut Self) {
                    let to = $net::recast_mut::<Self, $chain $($used)*>(to);
                    $net::CompactFor::<'_, Self>::restore($net::recast::<Self, $chain $($used)*>(self), &form.form, to);
                }

                fn steps(form: &Self::Int8, visit: &mut dyn $net::FnMut($net::Option<$net::Steps<'_>>)) {
                    <$chain $($used)* as $net::CompactFor<'_, Self>>::steps(&form.form, visit);
                }

                $crate::with_alloc! {
                    fn compare(&self, form: &Self::Int8, x: [&Self::In; 2], y: [&mut Self::Out; 2], walk: &mut $net::Walk) {
                        let chain = $net::recast::<Self, $chain $($used)*>(self);
                        $net::CompactFor::<'_, Self>::compare(chain, &form.form, x, y, walk);
                    }
                }
            }
        };
    };
    (
        form $net:ident, $form:ident, $of:ident, $elem:ty, $vis:vis $name:ident, [$($declared:tt)*], [$($used:tt)*], $chain:ident
    ) => {
        /// The network with parameters of fewer bytes.
        #[repr(C)]
        $vis struct $form<$($declared)*>
        where
            for<'a> $chain $($used)*: $net::CompactFor<'a, $name $($used)*>,
        {
            form: <$chain $($used)* as $net::CompactFor<'static, $name $($used)*>>::$of,
        }

        $net::impl_flat! {
            [$($declared)*] $form $($used)*: $elem
            where [
                for<'a> $chain $($used)*: $net::CompactFor<'a, $name $($used)*>
            ]
            {
                form: <$chain $($used)* as $net::CompactFor<'static, $name $($used)*>>::$of,
            }
        }

        #[automatically_derived]
        impl<$($declared)*> $net::Predictor for $form $($used)*
        where
            for<'a> $chain $($used)*: $net::CompactFor<'a, $name $($used)*>,
        {
            type In = <$name $($used)* as $net::Layer>::In;
            type Out = <$name $($used)* as $net::Layer>::Out;

            const TREE: $net::LayerInfo =
                <<$chain $($used)* as $net::CompactFor<'static, $name $($used)*>>::$of as $net::Predictor>::TREE;
            const INFER: $net::WorkspaceSize =
                <<$chain $($used)* as $net::CompactFor<'static, $name $($used)*>>::$of as $net::Predictor>::INFER;
            const STACK: $net::usize =
                <<$chain $($used)* as $net::CompactFor<'static, $name $($used)*>>::$of as $net::Predictor>::STACK;

            fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
                $net::Predictor::predict_into(&self.form, x, y);
            }

            fn infer(
                &self,
                x: &[Self::In],
                y: &mut [Self::Out],
                scratch: &mut [$net::f32],
                run: $net::PassContext<'_>,
            ) {
                $net::Predictor::infer(&self.form, x, y, scratch, run);
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
