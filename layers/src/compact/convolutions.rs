//! Which layers are convolutions, and their forms.

use typednet_tensor::Flat;
use typednet_tensor::compact::Bf16;
use typednet_tensor::conv::Convolution;

use super::Compact;
#[cfg(feature = "alloc")]
use super::Predictor;
use super::block::{Both, Rounded};
use super::convolution::{ConvInt8, Convolving};
use super::factors::Steps;
#[cfg(feature = "alloc")]
use super::losses::Walk;
use super::stored::Stored;
use crate::{Activation, Conv1d, Conv2d, Network, Window};

/// The forms of a convolution `$layer` with F outputs, B biases and the activation A.
macro_rules! convolution {
    (
        [$($generics:tt)*] $layer:ty,
        image $image:ty, patch $patch:ty, kernel $kernel:ty, half $half:ty
    ) => {
        impl<$($generics)*> Convolving for $layer {
            type Image = $image;
            type Kernel = $kernel;
            type Patch = $patch;
            type Factors = [[u8; 4]; F];

            const SIZES: Convolution = Self::CONVOLUTION;

            fn weight_and_bias(&self) -> (&[f32], &[f32]) {
                (self.weight.as_flat(), &self.bias)
            }

            fn activate(y: &mut [f32]) {
                A::apply(y, F);
            }
        }

        impl<$($generics)*> Compact for $layer {
            type Bf16 = Stored<Self, Both<Rounded<$half>, Rounded<[Bf16; B]>>>;
            type Int8 = ConvInt8<Self>;

            fn write_bf16(&self, to: &mut Self::Bf16) {
                to.write(self);
            }

            fn observe(&self, x: &Self::In, y: &mut Self::Out, to: &mut Self::Int8) {
                to.observe(x.as_flat());
                self.predict_to(x, y);
            }

            fn quantise(&self, to: &mut Self::Int8) {
                to.quantise(self);
            }

            fn restore(&self, form: &Self::Int8, to: &mut Self) {
                form.restore(to.weight.as_flat_mut());
                to.bias.copy_from_slice(&self.bias);
            }

            fn steps(form: &Self::Int8, visit: &mut dyn FnMut(Option<Steps<'_>>)) {
                visit(Some(form.steps()));
            }

            #[cfg(feature = "alloc")]
            fn compare(&self, form: &Self::Int8, x: [&Self::In; 2], y: [&mut Self::Out; 2], walk: &mut Walk) {
                let ([x, in_form], [y, of_form]) = (x, y);
                self.predict_to(x, y);
                form.predict_to(in_form, of_form);
                let Steps { inverse, zero, .. } = form.steps();
                walk.layer([y, of_form], Some((in_form.as_flat(), [inverse, zero])));
            }
        }
    };
}

convolution!(
    [
        const H: usize, const W: usize, const C: usize, const F: usize, const KH: usize, const KW: usize,
        const CG: usize, const B: usize, const OH: usize, const OW: usize, S: Window, A: Activation<f32>
    ] Conv2d<H, W, C, F, KH, KW, CG, B, OH, OW, S, A>,
    image [[[u8; C]; W]; H], patch [[[u8; CG]; KW]; KH],
    kernel [[[[u8; F]; CG]; KW]; KH], half [[[[Bf16; F]; CG]; KW]; KH]
);
convolution!(
    [
        const L: usize, const C: usize, const F: usize, const K: usize, const CG: usize, const B: usize, const OL: usize,
        S: Window, A: Activation<f32>
    ] Conv1d<L, C, F, K, CG, B, OL, S, A>,
    image [[u8; C]; L], patch [[u8; CG]; K], kernel [[[u8; F]; CG]; K], half [[[Bf16; F]; CG]; K]
);
