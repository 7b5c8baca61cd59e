//! The Gaussian error linear unit.

use core::f64::consts::{FRAC_1_SQRT_2, TAU};

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Map, Simd, Zip, map_in_place, zip};

use crate::{Activation, Arg, Init, Keeps};

/// a = z·Φ(z), where Φ(z) = ½(1 + erf(z/√2)) is the normal distribution; a' = Φ(z) + z·φ(z) with
/// φ(z) = e^(−z²/2)/√(2π) (Hendrycks and Gimpel 2016).
///
/// [`GeluTanh`](crate::GeluTanh) is the approximation of it that GPT-2 uses.
pub struct Gelu;

/// Φ(z), by f64's error function for both scalars, so that nothing is lost below 0.
#[inline(always)]
fn distribution<T: Scalar, S: Simd<T>>(s: S, z: S::V) -> S::V {
    s.each(z, |z| T::of(0.5 + 0.5 * Scalar::erf(z.to_f64_exact() * FRAC_1_SQRT_2)))
}

struct Forward;

impl<T: Scalar> Map<T> for Forward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V) -> S::V {
        s.mul(z, distribution(s, z))
    }
}

struct Backward;

impl<T: Scalar> Zip<T> for Backward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V, dy: S::V) -> S::V {
        let root = num_traits::Float::sqrt(TAU);
        let density = s.mul(s.splat(T::of(1.0 / root)), s.exp(s.mul(s.splat(T::of(-0.5)), s.mul(z, z))));
        s.mul(dy, s.mul_add(z, density, distribution(s, z)))
    }
}

impl<T: Scalar> Activation<T> for Gelu {
    const ARG: Arg = Arg::Type("Gelu", &[]);
    const INIT: Init = Init::HeNormal;
    const KEEPS: Keeps = Keeps::Input;

    fn apply(z: &mut [T], _: usize) {
        map_in_place(Forward, z);
    }

    fn backward(z: &[T], dy: &mut [T], _: usize) {
        zip(Backward, z, dy);
    }
}
