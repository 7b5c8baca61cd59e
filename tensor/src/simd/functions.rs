//! Functions of vectors that the gates of cells and the activations of layers are made of.

use super::Simd;
use crate::Scalar;

/// Σ cᵢ·xⁱ, highest power first.
#[inline(always)]
pub fn polynomial<T: Scalar, S: Simd<T>, const N: usize>(s: S, x: S::V, coefficients: [f64; N]) -> S::V {
    let mut sum = s.splat(T::zero());
    for c in coefficients {
        sum = s.mul_add(sum, x, s.splat(T::of(c)));
    }
    sum
}

/// Below it eˣ and e⁻ˣ are normal numbers.
#[inline(always)]
fn moderate<T: Scalar>() -> T {
    T::of(if size_of::<T>() == 4 { 87.0 } else { 708.0 })
}

/// 1 / (1 + e^(−z)), and 0 where that is below e⁻⁸⁷, or e⁻⁷⁰⁸ for `f64`.
#[inline(always)]
pub fn sigmoid<T: Scalar, S: Simd<T>>(s: S, z: S::V) -> S::V {
    let (one, most, least) = (s.splat(T::one()), s.splat(moderate::<T>()), s.splat(-moderate::<T>()));
    // In this order NaN stays NaN.
    let e = s.exp_of_moderate(s.neg(s.min(most, s.max(least, z))));
    s.select(s.lt(z, least), s.splat(T::zero()), s.div(one, s.add(one, e)))
}

/// tanh z: with t = |z|, t + t³·P(t²)/Q(t²) near 0 (Cephes, S. Moshier), and 1 − 2/(e^(2t) + 1) elsewhere, where nothing
/// cancels. Both are one fraction.
#[inline(always)]
pub fn tanh<T: Scalar, S: Simd<T>>(s: S, z: S::V) -> S::V {
    let (zero, one, two) = (s.splat(T::zero()), s.splat(T::one()), s.splat(T::of(2.0)));
    let t = s.abs(z);
    let square = s.mul(t, t);
    let p = polynomial(s, square, [-9.643_991_794_250_523e-1, -9.928_772_310_019_185e1, -1.614_687_684_417_084_5e3]);
    let q = polynomial(s, square, [1.0, 1.128_116_784_916_329_3e2, 2.235_488_390_601_004_5e3, 4.844_063_053_251_255e3]);
    let small = s.lt(t, s.splat(T::of(0.625)));
    let start = s.select(small, t, one);
    let numerator = s.select(small, s.mul(s.mul(t, square), p), s.neg(two));
    let denominator = s.select(small, q, s.add(s.exp_of_moderate(s.min(s.splat(moderate::<T>()), s.mul(two, t))), one));
    let a = s.add(start, s.div(numerator, denominator));
    s.select(s.lt(z, zero), s.neg(a), a)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Map, map};

    #[derive(Clone, Copy)]
    struct Tanh;
    impl<T: Scalar> Map<T> for Tanh {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V) -> S::V {
            tanh(s, x)
        }
    }

    #[derive(Clone, Copy)]
    struct Sigmoid;
    impl<T: Scalar> Map<T> for Sigmoid {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V) -> S::V {
            sigmoid(s, x)
        }
    }

    /// The largest error of `f` in units of the scalar's precision, relative to the true value.
    fn worst<T: Scalar>(f: impl Map<T>, truth: fn(f64) -> f64, [from, to]: [f64; 2]) -> f64 {
        let places = 20_000;
        let x: Vec<T> = (0..=places).map(|i| T::of(from + (to - from) * f64::from(i) / f64::from(places))).collect();
        let mut y = vec![T::nan(); x.len()];
        map(f, &x, &mut y);
        let error = |(x, y): (&T, &T)| {
            let truth = truth(x.to_f64_exact());
            let size = truth.abs().max(T::min_positive_value().to_f64_exact());
            (y.to_f64_exact() - truth).abs() / size / T::epsilon().to_f64_exact()
        };
        x.iter().zip(&y).map(error).fold(0.0, f64::max)
    }

    fn ends<T: Scalar>() {
        let mut y = [T::ZERO; 8];
        let far = [f64::NEG_INFINITY, -1e4, -709.0, 709.0, 1e4, f64::INFINITY, f64::NAN, 0.0].map(T::of);
        map(Sigmoid, &far, &mut y);
        assert_eq!(y.map(Scalar::to_f64_exact)[..6], [0.0, 0.0, 0.0, 1.0, 1.0, 1.0], "{}", T::NAME);
        assert!(y[6].is_nan() && y[7] == T::of(0.5), "{}", T::NAME);
        map(Tanh, &far, &mut y);
        assert_eq!(y.map(Scalar::to_f64_exact)[..6], [-1.0, -1.0, -1.0, 1.0, 1.0, 1.0], "{}", T::NAME);
        assert!(y[6].is_nan() && y[7] == T::ZERO, "{}", T::NAME);
    }

    #[test]
    fn far_from_0_both_are_at_their_ends_and_what_is_no_number_stays_none() {
        ends::<f32>();
        ends::<f64>();
    }

    #[test]
    fn values_are_within_4_units_of_the_true_ones_everywhere() {
        for range in [[-1e-3, 1e-3], [-0.7, 0.7], [-30.0, 30.0]] {
            for (name, single, double) in [
                ("tanh", worst::<f32>(Tanh, f64::tanh, range), worst::<f64>(Tanh, f64::tanh, range)),
                (
                    "sigmoid",
                    worst::<f32>(Sigmoid, |z| 1.0 / (1.0 + (-z).exp()), range),
                    worst::<f64>(Sigmoid, |z| 1.0 / (1.0 + (-z).exp()), range),
                ),
            ] {
                assert!(single < 4.0 && double < 4.0, "{name} on {range:?}: {single} {double}");
            }
        }
    }
}
