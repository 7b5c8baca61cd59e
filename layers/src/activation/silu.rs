//! The sigmoid linear unit.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Map, Simd, Zip, map_in_place, zip};

use super::vector;
use crate::{Activation, Arg, Function, Init, SavesForBackward};

/// a = z·σ(z), also called swish; a' = σ(z)(1 + z(1 − σ(z))) (Elfwing and others 2017).
pub struct Silu;

struct Forward;

impl<T: Scalar> Map<T> for Forward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V) -> S::V {
        s.mul(z, vector::sigmoid(s, z))
    }
}

struct Backward;

impl<T: Scalar> Zip<T> for Backward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V, dy: S::V) -> S::V {
        let one = s.splat(T::one());
        let gate = vector::sigmoid(s, z);
        s.mul(dy, s.mul(gate, s.mul_add(z, s.sub(one, gate), one)))
    }
}

impl<T: Scalar> Activation<T> for Silu {
    const ARG: Arg = Arg::Type("Silu", &[]);
    const FUNCTION: Function = Function::OfSilu;
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
