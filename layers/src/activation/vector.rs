//! Functions of vectors that several activations and losses are made of.

use typednet_tensor::Scalar;
use typednet_tensor::simd::Simd;

/// Σ cᵢ·xⁱ, highest power first.
#[inline(always)]
pub(crate) fn polynomial<T: Scalar, S: Simd<T>, const N: usize>(s: S, x: S::V, coefficients: [f64; N]) -> S::V {
    let mut sum = s.splat(T::zero());
    for c in coefficients {
        sum = s.mul_add(sum, x, s.splat(T::of(c)));
    }
    sum
}

/// 1 / (1 + e^(−z))
#[inline(always)]
pub(crate) fn sigmoid<T: Scalar, S: Simd<T>>(s: S, z: S::V) -> S::V {
    let one = s.splat(T::one());
    s.div(one, s.add(one, s.exp(s.neg(z))))
}

/// tanh z: with t = |z|, t + t³·P(t²)/Q(t²) near 0 (Cephes, S. Moshier), and 1 − 2/(e^(2t) + 1) elsewhere, where nothing
/// cancels. Both are one fraction.
#[inline(always)]
pub(crate) fn tanh<T: Scalar, S: Simd<T>>(s: S, z: S::V) -> S::V {
    let (zero, one, two) = (s.splat(T::zero()), s.splat(T::one()), s.splat(T::of(2.0)));
    let t = s.abs(z);
    let square = s.mul(t, t);
    let p = polynomial(s, square, [-9.643_991_794_250_523e-1, -9.928_772_310_019_185e1, -1.614_687_684_417_084_5e3]);
    let q = polynomial(s, square, [1.0, 1.128_116_784_916_329_3e2, 2.235_488_390_601_004_5e3, 4.844_063_053_251_255e3]);
    let small = s.lt(t, s.splat(T::of(0.625)));
    let start = s.select(small, t, one);
    let numerator = s.select(small, s.mul(s.mul(t, square), p), s.neg(two));
    let denominator = s.select(small, q, s.add(s.exp(s.mul(two, t)), one));
    let a = s.add(start, s.div(numerator, denominator));
    s.select(s.lt(z, zero), s.neg(a), a)
}

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
    struct Tanh;
    impl<T: Scalar> Map<T> for Tanh {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V) -> S::V {
            tanh(s, x)
        }
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
    fn tanh_is_within_4_units_of_the_true_value_everywhere() {
        for (from, to) in [(-1e-3, 1e-3), (-0.7, 0.7), (-30.0, 30.0)] {
            let (single, double) = (worst::<f32>(Tanh, f64::tanh, from, to), worst::<f64>(Tanh, f64::tanh, from, to));
            assert!(single < 4.0 && double < 4.0, "{from} to {to}: {single} {double}");
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
