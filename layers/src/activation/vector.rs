//! Functions of vectors that several activations and losses are made of.

use typednet_tensor::Scalar;
use typednet_tensor::simd::Simd;

pub(crate) use typednet_tensor::simd::functions::{polynomial, sigmoid, tanh};

/// ln(1 + u) for 0 ≤ u ≤ 1: 2·artanh r = 2(r + r³/3 + r⁵/5 + …) with r = u/(2 + u) ≤ ⅓.
#[inline(always)]
pub(crate) fn ln_1p<T: Scalar, S: Simd<T>>(s: S, u: S::V) -> S::V {
    // The first term that is left off is below the scalar's precision: 9⁻⁸/17 and 9⁻¹⁶/33.
    let terms: u32 = if T::epsilon() > T::of(1e-10) { 8 } else { 16 };
    let r = s.div(u, s.add(s.splat(T::of(2.0)), u));
    let square = s.mul(r, r);
    let mut sum = s.splat(T::zero());
    for k in (0..terms).rev() {
        sum = s.mul_add(sum, square, s.splat(T::of(2.0 / f64::from(2 * k + 1))));
    }
    s.mul(r, sum)
}

/// min(0, z); NaN stays NaN.
#[inline(always)]
pub(crate) fn negative_part<T: Scalar, S: Simd<T>>(s: S, z: S::V) -> S::V {
    s.min(s.splat(T::zero()), z)
}

/// max(0, z); NaN stays NaN.
#[inline(always)]
pub(crate) fn positive_part<T: Scalar, S: Simd<T>>(s: S, z: S::V) -> S::V {
    s.max(s.splat(T::zero()), z)
}

#[cfg(test)]
mod tests {
    use super::*;
    use typednet_tensor::simd::{Map, map};

    /// The largest error of `f` in units of the scalar's precision, relative to the true value.
    fn worst<T: Scalar>(f: impl Map<T> + Copy, truth: fn(f64) -> f64, from: f64, to: f64) -> f64 {
        let count = 20_001;
        let x: Vec<T> = (0..count).map(|i| T::of(from + (to - from) * f64::from(i) / f64::from(count - 1))).collect();
        let mut y = vec![T::zero(); x.len()];
        map(f, &x, &mut y);
        let error = |(x, y): (&T, &T)| {
            let truth = truth(x.to_f64_exact());
            let size = truth.abs().max(T::min_positive_value().to_f64_exact());
            (y.to_f64_exact() - truth).abs() / size / T::epsilon().to_f64_exact()
        };
        x.iter().zip(&y).map(error).fold(0.0, f64::max)
    }

    #[derive(Clone, Copy)]
    struct Ln1p;
    impl<T: Scalar> Map<T> for Ln1p {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V) -> S::V {
            ln_1p(s, x)
        }
    }

    #[test]
    fn ln_1p_is_within_4_units_of_the_true_value_everywhere() {
        for (from, to) in [(0.0, 1e-6), (0.0, 1.0)] {
            let (single, double) = (worst::<f32>(Ln1p, f64::ln_1p, from, to), worst::<f64>(Ln1p, f64::ln_1p, from, to));
            assert!(single < 4.0 && double < 4.0, "{from} to {to}: {single} {double}");
        }
    }
}
