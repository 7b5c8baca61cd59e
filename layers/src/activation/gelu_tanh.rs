//! The usual approximation of the Gaussian error linear unit.

use core::f64::consts::FRAC_2_PI;

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Map, Simd, Zip, map_in_place, zip};

use crate::{Activation, Arg, Function, Init, SavesForBackward};

/// a = ½z(1 + tanh u) with u = √(2/π)·(z + 0.044715·z³) (Hendrycks and Gimpel 2016; GPT-2).
///
/// It is computed as z·σ(2u) = z/(1 + e^(−2u)), which is the same and loses nothing below 0; a' = σ(2u) + z·σ(2u)(1 − σ(2u))·2u'.
pub struct GeluTanh;

const CUBE: f64 = 0.044_715;

/// e^(−2u), of which σ(2u) is made.
#[inline(always)]
fn exponential<T: Scalar, S: Simd<T>>(s: S, z: S::V) -> S::V {
    let slope = -2.0 * num_traits::Float::sqrt(FRAC_2_PI);
    let cubic = s.mul_add(s.mul(z, z), s.splat(T::of(slope * CUBE)), s.splat(T::of(slope)));
    s.exp(s.mul(z, cubic))
}

struct Forward;

impl<T: Scalar> Map<T> for Forward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V) -> S::V {
        s.div(z, s.add(s.splat(T::one()), exponential(s, z)))
    }
}

struct Backward;

impl<T: Scalar> Zip<T> for Backward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V, dy: S::V) -> S::V {
        let one = s.splat(T::one());
        // From ±10 on the slope is 0 or 1, and z² could overflow.
        let z = s.min(s.splat(T::of(10.0)), s.max(s.splat(T::of(-10.0)), z));
        let e = exponential(s, z);
        let gate = s.div(one, s.add(one, e));
        let slope = 2.0 * num_traits::Float::sqrt(FRAC_2_PI);
        // 2u' = 2√(2/π)·(1 + 3·0.044715·z²), and 1 − σ(2u) = e^(−2u)·σ(2u).
        let u = s.mul_add(s.mul(z, z), s.splat(T::of(3.0 * slope * CUBE)), s.splat(T::of(slope)));
        let steep = s.mul(gate, s.mul(e, gate));
        s.mul(dy, s.mul_add(s.mul(z, steep), u, gate))
    }
}

impl<T: Scalar> Activation<T> for GeluTanh {
    const ARG: Arg = Arg::Type("GeluTanh", &[]);
    const FUNCTION: Function = Function::OfGeluTanh;
    const INIT: Init = Init::HeNormal;
    const KEEPS: SavesForBackward = SavesForBackward::Input;

    #[inline(never)]
    fn apply(z: &mut [T], _: usize) {
        map_in_place(Forward, z);
    }

    #[inline(never)]
    fn backward(z: &[T], dy: &mut [T], _: usize) {
        zip(Backward, z, dy);
    }
}
