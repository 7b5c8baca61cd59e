//! A layer on one half of a pair, beside which the other stays as it is.

use core::marker::PhantomData;

use typednet_tensor::{Differentiable, Flat, Pair, Sample, Scalar, impl_flat};

use super::half::{self, Half};
use crate::{Behaviour, Child, Layer, LayerInfo, Linear, Operation, Output, PassContext, Path, Trace, WorkspaceSize};

macro_rules! on_half {
    (
        $(#[$doc:meta])* $name:ident, $half:literal: $own:ident, $other:ident, $in:ty, $out:ty, $(#[$of_head:meta])* $head:ty, $run:ident
    ) => {
        $(#[$doc])*
        #[repr(C)]
        pub struct $name<L, S> {
            /// The layer.
            pub inner: L,
            other: PhantomData<fn() -> S>,
        }

        impl<L, S> $name<L, S> {
            /// `inner` on its half.
            pub const fn new(inner: L) -> Self {
                Self { inner, other: PhantomData }
            }
        }

        impl_flat! {
            [L: Flat, S: 'static] $name<L, S>: L::Elem {
                inner: L,
            } markers { other }
        }

        impl<L, S> Layer for $name<L, S>
        where
            L: Layer<Elem: Scalar, In: Differentiable<Elem = <L as Flat>::Elem>>,
            S: Differentiable<Elem = L::Elem>,
        {
            type In = $in;
            type Out = $out;
            $(#[$of_head])*
            type Head = $head;

            const TREE: LayerInfo = LayerInfo {
                name: stringify!($name),
                args: &[],
                input: Self::In::SHAPE,
                output: Self::Out::SHAPE,
                params: &[],
                children: &[Child { name: "inner", node: &L::TREE }],
                flops: 0,
                behaviour: Behaviour::PLAIN.computing(Operation::OfHalf { half: $half }),
            };

            const SAVED: WorkspaceSize = L::SAVED;

            const SCRATCH: WorkspaceSize = half::need::<L>();

            const INFER: WorkspaceSize = half::infer_need::<L>();

            fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
                self.inner.predict_into(&x.$own, &mut y.$own);
                y.$other = x.$other;
            }

            fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [L::Elem], run: PassContext<'_>) {
                half::infer(&self.inner, (x, Half::$own()), (y, Half::$own()), scratch, run.$run(0));
                Half::$other().pass_on(Half::<Self::In, S>::$other(), x, y, run);
            }

            fn visit_outputs(
                &self,
                x: &[Self::In],
                y: &mut [Self::Out],
                scratch: &mut [L::Elem],
                run: PassContext<'_>,
                path: &Path<'_>,
                visit: &mut dyn FnMut(Output<'_, L::Elem>),
            ) {
                let path = path.inner("inner");
                half::show(&self.inner, (x, Half::$own()), (y, Half::$own()), scratch, run.$run(0), &path, visit);
                Half::$other().pass_on(Half::<Self::In, S>::$other(), x, y, run);
            }

            fn forward(
                &self,
                x: &[Self::In],
                y: &mut [Self::Out],
                saved: &mut [L::Elem],
                scratch: &mut [L::Elem],
                run: PassContext<'_>,
            ) {
                half::forward(&self.inner, (x, Half::$own()), (y, Half::$own()), saved, scratch, run.$run(0));
                Half::$other().pass_on(Half::<Self::In, S>::$other(), x, y, run);
            }

            /// That of `L` for its half; the other half's goes on as it is.
            fn backward(
                &self,
                trace: Trace<'_, Self>,
                dy: &mut [Self::Out],
                mut dx: Option<&mut [Self::In]>,
                grad: &mut Self,
                scratch: &mut [L::Elem],
                run: PassContext<'_>,
            ) {
                let Trace { x, y, saved } = trace;
                half::backward(
                    &self.inner,
                    (x, Half::$own()),
                    (y, dy, Half::$own()),
                    dx.as_deref_mut().map(|dx| (dx, Half::$own())),
                    &mut grad.inner,
                    [saved, scratch],
                    run.$run(0),
                );
                if let Some(dx) = dx {
                    Half::$other().pass_on(Half::<Self::Out, S>::$other(), dy, dx, run);
                }
            }

            fn commit(&mut self, grad: &Self) {
                self.inner.commit(&grad.inner);
            }
        }
    };
}

on_half! {
    /// The layer `L` on the first of two samples: (x, z) becomes (f(x), z).
    ///
    /// # Shapes
    /// x is `Pair<L::In, S>`, y is `Pair<L::Out, S>`. Parameters: those of `L`.
    ///
    /// ```
    /// use typednet_layers::{Dense, Network, OnFirst};
    /// use typednet_tensor::Pair;
    ///
    /// let double = OnFirst::<_, [f32; 2]>::new(Dense::<1, 1>::new([[2.0]], [0.0]));
    /// let y = double.predict(&Pair { first: [3.0], second: [5.0, 7.0] });
    /// assert_eq!(y, Pair { first: [6.0], second: [5.0, 7.0] });
    /// ```
    OnFirst, 0: first, second, Pair<L::In, S>, Pair<L::Out, S>,
    /// That of `L` on the first half, where [`FirstHalf`](crate::loss::FirstHalf) finds it.
    OnFirst<L::Head, S>, last
}

on_half! {
    /// The layer `L` on the second of two samples: (x, z) becomes (x, f(z)).
    ///
    /// # Shapes
    /// x is `Pair<S, L::In>`, y is `Pair<S, L::Out>`. Parameters: those of `L`.
    ///
    /// ```
    /// use typednet_layers::{Dense, Network, OnSecond};
    /// use typednet_tensor::Pair;
    ///
    /// let double = OnSecond::<_, [f32; 2]>::new(Dense::<1, 1>::new([[2.0]], [0.0]));
    /// let y = double.predict(&Pair { first: [5.0, 7.0], second: [3.0] });
    /// assert_eq!(y, Pair { first: [5.0, 7.0], second: [6.0] });
    /// ```
    OnSecond, 1: second, first, Pair<S, L::In>, Pair<S, L::Out>, Linear, child
}
