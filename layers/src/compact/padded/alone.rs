//! Layers without layers inside, whose forms keep their parameters in fewer bytes and compute as they do: none of them has a range.

#[cfg(feature = "alloc")]
use typednet_tensor::Flat;
use typednet_tensor::{Differentiable, Steps};

use super::super::block::Block;
use super::super::stored::Stored;
use super::{CompactPadded, PaddedPredictor, predict_layer};
#[cfg(feature = "alloc")]
use super::{Walk, counted, predict_form};
use crate::{
    Activation, ActivationLayer, Attention, AttentionMode, Dropout, Gru, Last, Lstm, MeanOverSteps, Noise, Positions,
    ReadsPadded, Rnn, SinusoidalPositions,
};

/// With the parameters that it keeps, the layer is told.
impl<L: ReadsPadded<Elem = f32>, P: Block> PaddedPredictor for Stored<L, P> {
    const KEEPS_STEPS: bool = L::KEEPS_STEPS;

    fn predict_padded(&self, x: &L::In, y: &mut L::Out, length: usize) {
        self.with_layer(|layer| layer.predict_padded(x, y, length));
    }
}

macro_rules! alone {
    ($([$($generics:tt)*] $layer:ty $(where [$($bounds:tt)*])?;)*) => {$(
        impl<$($generics)*> CompactPadded for $layer
        $(where $($bounds)*)?
        {
            fn observe_padded(&self, x: &Self::In, y: &mut Self::Out, _: &mut Self::Int8, length: usize) {
                predict_layer(self, x, y, length);
            }

            #[cfg(feature = "alloc")]
            fn compare_padded(
                &self,
                form: &Self::Int8,
                [x, in_form]: [&Self::In; 2],
                [y, of_form]: [&mut Self::Out; 2],
                length: usize,
                walk: &mut Walk,
            ) {
                predict_layer(self, x, y, length);
                predict_form(form, in_form, of_form, length);
                let count = counted::<Self>(length);
                walk.numbers([&y.as_flat()[..count], &of_form.as_flat()[..count]], None);
            }
        }
    )*};
}

alone! {
    [const N: usize, const C: usize, const H: usize, A: Activation<f32>] Rnn<N, C, H, A>;
    [const N: usize, const C: usize, const H: usize] Lstm<N, C, H>;
    [const N: usize, const C: usize, const H: usize] Gru<N, C, H>;
    [const N: usize, const D: usize, const HEADS: usize, const HEAD_WIDTH: usize, M: AttentionMode]
        Attention<N, D, HEADS, HEAD_WIDTH, M>;
    [const N: usize, const D: usize] Positions<N, D>;
    [const N: usize, const D: usize] SinusoidalPositions<N, D>;
    [S: Differentiable<Elem = f32>, const N: usize] Last<S, N> where [[S; N]: Steps];
    [const N: usize, const C: usize] MeanOverSteps<N, C>;
    [S: Differentiable<Elem = f32> + Steps, const P: u64, const INVERTED: bool] Dropout<S, P, INVERTED>;
    [S: Differentiable<Elem = f32> + Steps, const DEVIATION: u64] Noise<S, DEVIATION>;
    [S: Differentiable<Elem = f32> + Steps, A: Activation<f32>] ActivationLayer<S, A>;
}
