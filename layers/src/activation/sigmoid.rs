//! The logistic function.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Map, Simd, Zip, map_in_place, zip};

use super::vector;
use crate::{Activation, Arg, Function, Init, SavesForBackward};

/// a = 1 / (1 + e^(−z)); a' = a(1 − a), at most 0.25 (lecture section 2). For two classes.
pub struct Sigmoid;

struct Forward;

impl<T: Scalar> Map<T> for Forward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V) -> S::V {
        vector::sigmoid(s, z)
    }
}

struct Backward;

impl<T: Scalar> Zip<T> for Backward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, a: S::V, dy: S::V) -> S::V {
        s.mul(dy, s.mul(a, s.sub(s.splat(T::one()), a)))
    }
}

impl<T: Scalar> Activation<T> for Sigmoid {
    const ARG: Arg = Arg::Type("Sigmoid", &[]);
    const FUNCTION: Function = Function::OfSigmoid;
    const INIT: Init = Init::XavierNormal;
    const KEEPS: SavesForBackward = SavesForBackward::Output;
    const SATURATES: Option<(f64, f64)> = Some((0.0, 1.0));

    #[inline(never)]
    fn apply(z: &mut [T], _: usize) {
        map_in_place(Forward, z);
    }

    #[inline(never)]
    fn backward(a: &[T], dy: &mut [T], _: usize) {
        zip(Backward, a, dy);
    }
}
