//! The fully connected layer with weights of two bytes.

use core::marker::PhantomData;

use typednet_tensor::compact::{Bf16, affine_bf16, pack_bf16};
use typednet_tensor::{Flat, impl_flat};

use super::Predictor;
use super::form::{form, made};
use super::parts::by_rows;
use crate::{Activation, Arg, Dense, LayerInfo, ParamKind, PassContext};

/// [`Dense`] with weights and biases rounded to [`Bf16`], computed in `f32`: a = σ(Ŵ x + b̂).
///
/// With exact sums, |ẑ − z| ≤ 2⁻⁸·(Σᵢ |wᵢ·xᵢ| + |b|) for each output.
#[repr(C)]
pub struct DenseBf16<const I: usize, const O: usize, A> {
    /// In the order of [`pack_bf16`].
    weight: [[Bf16; O]; I],
    bias: [Bf16; O],
    activation: PhantomData<fn() -> A>,
}

impl_flat! {
    [const I: usize, const O: usize, A: 'static] DenseBf16<I, O, A>: Bf16 {
        weight: [[Bf16; O]; I],
        bias: [Bf16; O],
    } markers { activation }
}

impl<const I: usize, const O: usize, A: Activation<f32>> DenseBf16<I, O, A> {
    /// Takes the parameters of `dense`, rounded.
    pub(super) fn round(&mut self, dense: &Dense<I, O, A>) {
        pack_bf16(dense.weight.as_flat(), O, self.weight.as_flat_mut());
        // One by one: a whole array would pass over the stack.
        for (to, bias) in self.bias.iter_mut().zip(&dense.bias) {
            *to = Bf16::round(*bias);
        }
    }
}

impl<const I: usize, const O: usize, A: Activation<f32>> Predictor for DenseBf16<I, O, A> {
    type In = [f32; I];
    type Out = [f32; O];

    const TREE: LayerInfo = form::<Self>(
        "DenseBf16",
        &[Arg::Size(O), A::ARG],
        &[made("packed_weight", &[I, O], ParamKind::Weight), made("bias", &[O], ParamKind::Bias)],
        &[],
    );

    #[inline]
    fn predict_into(&self, x: &[f32; I], y: &mut [f32; O]) {
        affine_bf16(x, self.weight.as_flat(), &self.bias, y);
        A::apply(y, O);
    }

    fn infer(&self, x: &[[f32; I]], y: &mut [[f32; O]], _: &mut [f32], run: PassContext<'_>) {
        by_rows(self, x, y, I * O, run);
    }
}
