//! The forms of layers without parameters and of two layers, one after the other.

use core::marker::PhantomData;

use typednet_tensor::compact::Bf16;
use typednet_tensor::{Differentiable, Element, Flat, impl_flat};

use super::{Compact, DenseBf16, DenseInt8, Predictor, with_zeros};
use crate::{Activation, ActivationLayer, Chain, Dense, Dropout, Layer, Noise};

impl<const I: usize, const O: usize, A: Activation<f32>> Compact for Dense<I, O, A> {
    type Bf16 = DenseBf16<I, O, A>;
    type Int8 = DenseInt8<I, O, A>;

    fn write_bf16(&self, to: &mut Self::Bf16) {
        to.round(self);
    }

    fn observe(&self, x: &[f32; I], y: &mut [f32; O], to: &mut Self::Int8) {
        to.observe(x);
        self.predict_into(x, y);
    }

    fn quantise(&self, to: &mut Self::Int8) {
        to.quantise(self);
    }
}

/// A layer without parameters, in a network whose parameters are of type `E`; it computes in `f32`.
#[repr(C)]
pub struct Bare<L, E> {
    elements: [E; 0],
    layer: PhantomData<fn() -> L>,
}

impl_flat! {
    [L: 'static, E: Element + Flat<Elem = E>] Bare<L, E>: E {
        elements: [E; 0],
    } markers { layer }
}

impl<L: Layer<Elem = f32>, E: Element + Flat<Elem = E>> Predictor for Bare<L, E> {
    type In = L::In;
    type Out = L::Out;

    #[inline]
    fn predict_into(&self, x: &L::In, y: &mut L::Out) {
        const { assert!(L::LEN == 0, "a layer with parameters needs a form of its own") };
        L::zeros().predict_into(x, y);
    }
}

/// A layer without parameters has nothing to keep in fewer bytes.
macro_rules! bare {
    ([$($generics:tt)*] $layer:ty) => {
        impl<$($generics)*> Compact for $layer {
            type Bf16 = Bare<Self, Bf16>;
            type Int8 = Bare<Self, u8>;

            fn write_bf16(&self, _: &mut Self::Bf16) {}

            fn observe(&self, x: &S, y: &mut S, _: &mut Self::Int8) {
                self.predict_into(x, y);
            }

            fn quantise(&self, _: &mut Self::Int8) {}
        }
    };
}

bare!([S: Differentiable<Elem = f32>, A: Activation<f32>] ActivationLayer<S, A>);
bare!([S: Differentiable<Elem = f32>, const P: u64, const INVERTED: bool] Dropout<S, P, INVERTED>);
bare!([S: Differentiable<Elem = f32>, const D: u64] Noise<S, D>);

impl<A: Predictor, B: Predictor<Elem = A::Elem, In = A::Out>> Predictor for Chain<A, B> {
    type In = A::In;
    type Out = B::Out;

    #[inline]
    fn predict_into(&self, x: &A::In, y: &mut B::Out) {
        let mut between = A::Out::zeros();
        self.first.predict_into(x, &mut between);
        self.rest.predict_into(&between, y);
    }
}

impl<A: Compact, B: Compact<Elem = A::Elem, In = A::Out>> Compact for Chain<A, B> {
    type Bf16 = Chain<A::Bf16, B::Bf16>;
    type Int8 = Chain<A::Int8, B::Int8>;

    fn write_bf16(&self, to: &mut Self::Bf16) {
        self.first.write_bf16(&mut to.first);
        self.rest.write_bf16(&mut to.rest);
    }

    fn observe(&self, x: &A::In, y: &mut B::Out, to: &mut Self::Int8) {
        with_zeros(|between| {
            self.first.observe(x, between, &mut to.first);
            self.rest.observe(between, y, &mut to.rest);
        });
    }

    fn quantise(&self, to: &mut Self::Int8) {
        self.first.quantise(&mut to.first);
        self.rest.quantise(&mut to.rest);
    }
}
