//! The hyperbolic tangent.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Map, Simd, Zip, map_in_place, zip};

use super::vector;
use crate::{Activation, Arg, Function, Init, SavesForBackward};

/// a = tanh z; a' = 1 − a² (lecture section 2). At the end, for bounded regression.
pub struct Tanh;

struct Forward;

impl<T: Scalar> Map<T> for Forward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V) -> S::V {
        vector::tanh(s, z)
    }
}

struct Backward;

impl<T: Scalar> Zip<T> for Backward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, a: S::V, dy: S::V) -> S::V {
        // 1 − a² = (1 − a)(1 + a), which rounds less near ±1.
        let one = s.splat(T::one());
        s.mul(dy, s.mul(s.sub(one, a), s.add(one, a)))
    }
}

impl<T: Scalar> Activation<T> for Tanh {
    const ARG: Arg = Arg::Type("Tanh", &[]);
    const FUNCTION: Function = Function::OfTanh;
    const INIT: Init = Init::XavierNormal;
    const KEEPS: SavesForBackward = SavesForBackward::Output;
    const SATURATES: Option<(f64, f64)> = Some((-1.0, 1.0));

    #[inline(never)]
    fn apply(z: &mut [T], _: usize) {
        map_in_place(Forward, z);
    }

    #[inline(never)]
    fn backward(a: &[T], dy: &mut [T], _: usize) {
        zip(Backward, a, dy);
    }
}
