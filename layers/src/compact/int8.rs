//! The fully connected layer in integers of one byte.

use core::marker::PhantomData;

use typednet_tensor::compact::{INT8_MAX_INPUTS, Int8, affine_int8, pack_int8};
use typednet_tensor::{Flat, impl_flat};

use super::Predictor;
use crate::{Activation, Dense};

/// [`Dense`] in integers: inputs in 256 steps over the range that samples showed, weights in 255 steps over a range of
/// their own for each output (Jacob et al. 2018, "Quantization and training of neural networks for efficient
/// integer-arithmetic-only inference").
///
/// xᵢ ≈ s·(qᵢ − q₀) and wᵢₒ ≈ sₒ·ŵᵢₒ with sₒ = maxᵢ |wᵢₒ| / 127, so
/// z = s·sₒ·Σᵢ qᵢ·ŵᵢₒ + (bₒ − s·sₒ·q₀·Σᵢ ŵᵢₒ). The sum is exact. For inputs within the range,
/// |ẑ − z| ≤ Σᵢ (|xᵢ|·sₒ/2 + |wᵢₒ|·s/2 + s·sₒ/4), apart from the rounding of the last steps.
///
/// No sum is cut off: the instructions for bytes add to 32 bits without saturation, and 255·127·I fits into these.
///
/// An input beyond the range counts as its end, infinities too. A range below 255/3.4·10³⁸ ≈ 7.5·10⁻³⁷, for which 1/s is no
/// finite `f32`, is that of inputs that are all 0: every input counts as 0. If an input is NaN, all outputs are; an output one of whose
/// weights is not finite is NaN.
#[repr(C)]
pub struct DenseInt8<const I: usize, const O: usize, A> {
    /// In the order of [`pack_int8`].
    weight: [[u8; O]; I],
    /// s·sₒ; numbers of four bytes are kept as bytes, so that all elements are of one type.
    scale: [[u8; 4]; O],
    /// What is added to the product.
    shift: [[u8; 4]; O],
    /// 1/s and q₀; while ranges are observed, the smallest and the largest input.
    input: [[u8; 4]; 2],
    activation: PhantomData<fn() -> A>,
}

impl_flat! {
    [const I: usize, const O: usize, A: 'static] DenseInt8<I, O, A>: u8 {
        weight: [[u8; O]; I],
        scale: [[u8; 4]; O],
        shift: [[u8; 4]; O],
        input: [[u8; 4]; 2],
    } markers { activation }
}

impl<const I: usize, const O: usize, A: Activation<f32>> DenseInt8<I, O, A> {
    /// Widens the range of the inputs; what is not finite is left out.
    pub(super) fn observe(&mut self, x: &[f32; I]) {
        let [mut low, mut high] = self.input.map(f32::from_le_bytes);
        for x in x.iter().filter(|x| x.is_finite()) {
            low = low.min(*x);
            high = high.max(*x);
        }
        self.input = [low, high].map(f32::to_le_bytes);
    }

    /// Takes the parameters of `dense`, for the range that was observed.
    pub(super) fn quantise(&mut self, dense: &Dense<I, O, A>) {
        const { assert!(I <= INT8_MAX_INPUTS, "a sum of products of 8 bits needs at most 66311 inputs") };
        let [low, high] = self.input.map(|bytes| f64::from(f32::from_le_bytes(bytes)));
        // Where all inputs were 0, or so near that 1/s is infinite in `f32`, every input counts as 0.
        let inverse = 255.0 / (high - low);
        let inverse = if inverse <= f64::from(f32::MAX) { inverse } else { 0.0 };
        let step = (high - low) / 255.0;
        let zero = num_traits::Float::round(-low * inverse);
        self.input = [inverse as f32, zero as f32].map(f32::to_le_bytes);
        let width = |scale: &[u8; 4]| f64::from(f32::from_le_bytes(*scale)) / step;
        for (o, (scale, shift)) in self.scale.iter_mut().zip(&mut self.shift).enumerate() {
            let column = || dense.weight.iter().map(|row| row[o]);
            let largest = column().fold(0.0, |largest: f32, w| largest.max(w.abs()));
            let finite = column().all(f32::is_finite);
            *scale = (if finite { step * f64::from(largest) / 127.0 } else { f64::NAN } as f32).to_le_bytes();
            let sum: f64 = column().map(|w| f64::from(nearest(w, width(scale)))).sum();
            let product = f64::from(f32::from_le_bytes(*scale));
            *shift = ((f64::from(dense.bias[o]) - product * zero * sum) as f32).to_le_bytes();
        }
        let scale = &self.scale;
        pack_int8(dense.weight.as_flat(), O, self.weight.as_flat_mut(), |w, o| nearest(w, width(&scale[o])));
    }
}

/// The nearest multiple of `width` to `w`, as its factor; 0 where there is no width.
///
/// It is never −128, for which sums were not proved to fit: a width that is rounded to a very small `f32` could ask for it.
fn nearest(w: f32, width: f64) -> i8 {
    if width > 0.0 { num_traits::Float::round(f64::from(w) / width).clamp(-127.0, 127.0) as i8 } else { 0 }
}

impl<const I: usize, const O: usize, A: Activation<f32>> Predictor for DenseInt8<I, O, A> {
    type In = [f32; I];
    type Out = [f32; O];

    #[inline]
    fn predict_into(&self, x: &[f32; I], y: &mut [f32; O]) {
        let [inverse, zero] = self.input.map(f32::from_le_bytes);
        let layer = Int8 { inverse, zero, weight: self.weight.as_flat(), scale: &self.scale, shift: &self.shift };
        affine_int8(x, layer, &mut [0; I], y);
        A::apply(y, O);
    }
}
