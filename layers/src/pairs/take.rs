//! One of two samples.

use core::marker::PhantomData;

use typednet_tensor::{Differentiable, Flat, Pair, Sample, Scalar, impl_flat};

use super::half::Half;
use crate::threads::by_samples;
use crate::{Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Trace};

macro_rules! take {
    ($(#[$doc:meta])* $name:ident, $half:literal: $own:ident $Own:ident, $other:ident $Other:ident) => {
        $(#[$doc])*
        #[repr(C)]
        pub struct $name<A: Sample, B> {
            /// No elements; it gives the layer its element's alignment.
            elements: [A::Elem; 0],
            sample: PhantomData<fn() -> B>,
        }

        impl<A: Sample, B> $name<A, B> {
            /// The layer; there is only one.
            pub const fn new() -> Self {
                Self { elements: [], sample: PhantomData }
            }
        }

        impl<A: Sample, B> Default for $name<A, B> {
            fn default() -> Self {
                Self::new()
            }
        }

        impl_flat! {
            [A: Differentiable, B: 'static] $name<A, B>: A::Elem {
                elements: [A::Elem; 0],
            } markers { sample }
        }

        impl<A: Differentiable, B: Differentiable<Elem = A::Elem>> Layer for $name<A, B> {
            type In = Pair<A, B>;
            type Out = $Own;
            type Head = Linear;

            const TREE: LayerInfo = LayerInfo {
                name: stringify!($name),
                args: &[],
                input: Self::In::SHAPE,
                output: $Own::SHAPE,
                params: &[],
                children: &[],
                flops: 0,
                behaviour: Behaviour::PLAIN.computing(Operation::OfTake { half: $half }),
            };

            fn predict_into(&self, x: &Self::In, y: &mut $Own) {
                *y = x.$own;
            }

            fn infer(&self, x: &[Self::In], y: &mut [$Own], _: &mut [A::Elem], run: PassContext<'_>) {
                Half::<Self::In, $Own>::$own().take(x, y, run);
            }

            fn forward(
                &self,
                x: &[Self::In],
                y: &mut [$Own],
                _: &mut [A::Elem],
                scratch: &mut [A::Elem],
                run: PassContext<'_>,
            ) {
                self.infer(x, y, scratch, run);
            }

            /// ∂L/∂y for the one, and 0 for the other.
            fn backward(
                &self,
                _: Trace<'_, Self>,
                dy: &mut [$Own],
                dx: Option<&mut [Self::In]>,
                _: &mut Self,
                _: &mut [A::Elem],
                run: PassContext<'_>,
            ) {
                let Some(dx) = dx else { return };
                Half::<Self::In, $Own>::$own().put(dy, dx, run);
                by_samples(run.parallel(), dx, $Other::LEN, |_, dx| {
                    for dx in dx {
                        dx.$other.as_flat_mut().fill(<$Other as Flat>::Elem::ZERO);
                    }
                });
            }
        }
    };
}

take! {
    /// The first of two samples: what stands behind layers that needed both.
    ///
    /// # Shapes
    /// x is `Pair<A, B>`, y is `A`. Parameters: none.
    ///
    /// ```
    /// use typednet_layers::{Network, TakeFirst};
    /// use typednet_tensor::Pair;
    ///
    /// assert_eq!(TakeFirst::<[f32; 1], [f32; 2]>::new().predict(&Pair { first: [1.0], second: [2.0, 3.0] }), [1.0]);
    /// ```
    TakeFirst, 0: first A, second B
}

take! {
    /// The second of two samples, such as the last state that a [`WithState`](crate::WithState) gives.
    ///
    /// # Shapes
    /// x is `Pair<A, B>`, y is `B`. Parameters: none.
    ///
    /// ```
    /// use typednet_layers::{Network, TakeSecond};
    /// use typednet_tensor::Pair;
    ///
    /// assert_eq!(TakeSecond::<[f32; 1], [f32; 2]>::new().predict(&Pair { first: [1.0], second: [2.0, 3.0] }), [2.0, 3.0]);
    /// ```
    TakeSecond, 1: second B, first A
}
