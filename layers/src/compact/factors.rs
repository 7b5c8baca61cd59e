//! What a product in integers of one byte takes from the layer, and from what samples showed.

use num_traits::Float;
use typednet_tensor::compact::INT8_MAX_INPUTS;

/// The factors of a product in integers; numbers of four bytes are kept as bytes, so that all elements of a form are of one type.
pub(super) struct Factors<'a> {
    /// s·sₒ
    pub(super) scale: &'a mut [[u8; 4]],
    /// What is added to the product.
    pub(super) shift: &'a mut [[u8; 4]],
    /// 1/s and q₀; while ranges are observed, the smallest and the largest input.
    pub(super) input: &'a mut [[u8; 4]; 2],
}

/// Refuses a layer with more inputs of an output than a sum in integers holds, when it is compiled.
pub(super) const fn fits_in_a_sum(inputs: usize) {
    const { assert!(INT8_MAX_INPUTS == 65_793, "the number in the next message") };
    assert!(
        inputs <= INT8_MAX_INPUTS,
        "a sum of products of 8 bits has at most 65793 inputs: this layer has more for an output"
    );
}

/// Widens the range of the inputs; what is not finite is left out.
#[inline(never)]
pub(super) fn observe(x: &[f32], input: &mut [[u8; 4]; 2]) {
    let [mut low, mut high] = input.map(f32::from_le_bytes);
    for x in x.iter().filter(|x| x.is_finite()) {
        low = low.min(*x);
        high = high.max(*x);
    }
    *input = [low, high].map(f32::to_le_bytes);
}

/// Makes the factors for the range that was observed, of the rows of `weight`, which are as long as there are outputs, and `bias`,
/// which may be empty; and the widths of the steps of each output's weights, by which [`nearest`] makes integers of them.
#[inline(never)]
pub(super) fn quantise(weight: &[f32], bias: &[f32], factors: Factors<'_>) -> impl Fn(f32, usize) -> i8 {
    let Factors { scale, shift, input } = factors;
    let [low, high] = input.map(|bytes| f64::from(f32::from_le_bytes(bytes)));
    // Where all inputs were 0, or so near that 1/s is infinite in `f32`, every input counts as 0.
    let inverse = 255.0 / (high - low);
    let inverse = if inverse <= f64::from(f32::MAX) { inverse } else { 0.0 };
    let step = (high - low) / 255.0;
    let zero = Float::round(-low * inverse);
    *input = [inverse as f32, zero as f32].map(f32::to_le_bytes);
    let outputs = scale.len();
    let width = move |scale: &[u8; 4]| f64::from(f32::from_le_bytes(*scale)) / step;
    for (o, (scale, shift)) in scale.iter_mut().zip(shift).enumerate() {
        let column = || weight.iter().skip(o).step_by(outputs);
        *scale = ((step * largest(column()) / MOST_STEPS) as f32).to_le_bytes();
        let sum: f64 = column().map(|w| f64::from(nearest(*w, width(scale)))).sum();
        let product = f64::from(f32::from_le_bytes(*scale));
        let bias = bias.get(o).copied().unwrap_or(0.0);
        *shift = ((f64::from(bias) - product * zero * sum) as f32).to_le_bytes();
    }
    let scale = &*scale;
    move |w, o| nearest(w, width(&scale[o]))
}

/// So many steps are the largest weight.
const MOST_STEPS: f64 = 127.0;

/// max |w|, and NaN where one of `weights` is not finite.
fn largest<'a>(weights: impl Iterator<Item = &'a f32> + Clone) -> f64 {
    let finite = weights.clone().all(|w| w.is_finite());
    if finite { f64::from(weights.fold(0.0, |largest: f32, w| largest.max(w.abs()))) } else { f64::NAN }
}

/// The width of the steps of weights that have a factor of their own, max |w| / 127: NaN where one of them is not finite.
pub(super) fn width<'a>(weights: impl Iterator<Item = &'a f32> + Clone) -> f32 {
    (largest(weights) / MOST_STEPS) as f32
}

/// The nearest multiple of `width` to `w`, as its factor; 0 where there is no width.
///
/// It is never −128, so that both signs have as many steps: a width that is rounded to a very small `f32` could ask for it.
pub(super) fn nearest(w: f32, width: f64) -> i8 {
    if width > 0.0 { Float::round(f64::from(w) / width).clamp(-MOST_STEPS, MOST_STEPS) as i8 } else { 0 }
}

/// The steps of a layer whose products are computed in integers.
#[derive(Clone, Copy, Debug)]
pub struct Steps<'a> {
    /// 1/s: so many steps of what the layer reads are the number 1. It is 0 where every input counts as 0.
    pub inverse: f32,
    /// q₀, the step that stands for 0.
    pub zero: f32,
    /// s·sₒ of each output, the four bytes of `f32`.
    pub scale: &'a [[u8; 4]],
}

impl<'a> Steps<'a> {
    pub(super) fn of(input: [[u8; 4]; 2], scale: &'a [[u8; 4]]) -> Self {
        let [inverse, zero] = input.map(f32::from_le_bytes);
        Self { inverse, zero, scale }
    }

    /// q₀ as a byte.
    #[allow(clippy::cast_sign_loss, reason = "a step is a number from 0 to 255")]
    pub fn zero_step(&self) -> u8 {
        self.zero as u8
    }

    /// sₒ: the width of a step of the weights that lead to output `o`.
    pub fn width(&self, o: usize) -> f32 {
        let product = f64::from(f32::from_le_bytes(self.scale[o]));
        if self.inverse > 0.0 { (product * f64::from(self.inverse)) as f32 } else { 0.0 }
    }

    /// The weights that `byte` says, in numbers, in rows of as many as there are outputs.
    pub(super) fn restore(&self, byte: impl Fn(usize, usize) -> i8, to: &mut [f32]) {
        for o in 0..self.scale.len() {
            let width = self.width(o);
            for (row, to) in to.iter_mut().skip(o).step_by(self.scale.len()).enumerate() {
                *to = f32::from(byte(row, o)) * width;
            }
        }
    }
}
