//! The forms of layers without parameters, which compute in `f32` as they are.

use typednet_tensor::Differentiable;
use typednet_tensor::compact::Bf16;

use super::Compact;
use super::block::Nothing;
use super::stored::Stored;
use crate::{
    Activation, ActivationLayer, AvgPool, Crop, Dropout, Flatten, Gaussian, GlobalAvgPool, Interpolation, Last,
    MaxPool, MeanOverSteps, Network, Noise, Pad, Reshape, SinusoidalPositions, Upsample, Window,
};

/// A layer without parameters has nothing to keep in fewer bytes.
macro_rules! plain {
    ([$($generics:tt)*] $layer:ty) => {
        impl<$($generics)*> Compact for $layer {
            type Bf16 = Stored<Self, Nothing<Bf16>>;
            type Int8 = Stored<Self, Nothing<u8>>;

            fn write_bf16(&self, _: &mut Self::Bf16) {}

            fn observe(&self, x: &Self::In, y: &mut Self::Out, _: &mut Self::Int8) {
                self.predict_to(x, y);
            }

            fn quantise(&self, _: &mut Self::Int8) {}

            fn restore(&self, _: &Self::Int8, _: &mut Self) {}
        }
    };
}

plain!([S: Differentiable<Elem = f32>, A: Activation<f32>] ActivationLayer<S, A>);
plain!([S: Differentiable<Elem = f32>, const P: u64, const INVERTED: bool] Dropout<S, P, INVERTED>);
plain!([S: Differentiable<Elem = f32>, const D: u64] Noise<S, D>);
plain!([S: Differentiable<Elem = f32>] Gaussian<S>);
plain!([S: Differentiable<Elem = f32>, const N: usize] Flatten<S, N>);
plain!([S: Differentiable<Elem = f32>, R: Differentiable<Elem = f32>] Reshape<S, R>);
plain!([S: Differentiable<Elem = f32>, const N: usize] Last<S, N>);
plain!([const N: usize, const C: usize] MeanOverSteps<N, C>);
plain!([const N: usize, const D: usize] SinusoidalPositions<N, D>);
plain!([const H: usize, const W: usize, const C: usize] GlobalAvgPool<H, W, C>);
plain!([
    const H: usize, const W: usize, const C: usize, const KH: usize, const KW: usize, const OH: usize, const OW: usize, S: Window
] MaxPool<H, W, C, KH, KW, OH, OW, S>);
plain!([
    const H: usize, const W: usize, const C: usize, const KH: usize, const KW: usize, const OH: usize, const OW: usize, S: Window
] AvgPool<H, W, C, KH, KW, OH, OW, S>);
plain!([
    const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize, const TOP: usize, const LEFT: usize
] Crop<H, W, C, OH, OW, TOP, LEFT>);
plain!([
    const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize, const TOP: usize, const LEFT: usize
] Pad<H, W, C, OH, OW, TOP, LEFT>);
plain!([
    const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize, M: Interpolation
] Upsample<H, W, C, OH, OW, M>);
