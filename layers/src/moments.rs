//! Mean and variance of numbers whose squares are beyond their type.

use num_traits::Float;
use typednet_tensor::Scalar;

/// μ and 1/√(σ² + ε) of numbers whose squares are beyond those of their type, from numbers that are made smaller first.
#[cold]
pub(crate) fn beyond_squares<T: Scalar>(x: impl Iterator<Item = T> + Clone, epsilon: f64) -> [T; 2] {
    /// 2⁻⁵⁴⁰, with which the squares of all numbers, and sums of as many as there can be, are finite.
    const SCALE: f64 = f64::from_bits((1023 - 540) << 52);
    let (count, scaled) = (x.clone().count() as f64, x.map(|x| x.to_f64_exact() * SCALE));
    let mean = scaled.clone().sum::<f64>() / count;
    let variance = scaled.map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
    let (root, whole) = (Float::sqrt(variance), variance / SCALE / SCALE);
    let inverse = if whole.is_finite() { Float::recip(Float::sqrt(whole + epsilon)) } else { SCALE / root };
    [T::of(mean / SCALE), T::of(inverse)]
}
