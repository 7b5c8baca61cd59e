//! A smooth ReLU.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Map, Simd, Zip, map_in_place, zip};

use super::vector;
use crate::{Activation, Arg, Function, Init, SavesForBackward};

/// a = ln(1 + e^z), computed as max(0, z) + ln(1 + e^(−|z|)) so that it cannot overflow; a' = σ(z).
pub struct Softplus;

struct Forward;

impl<T: Scalar> Map<T> for Forward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V) -> S::V {
        let rest = vector::ln_1p(s, s.exp(s.neg(s.abs(z))));
        s.add(vector::positive_part(s, z), rest)
    }
}

struct Backward;

impl<T: Scalar> Zip<T> for Backward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V, dy: S::V) -> S::V {
        s.mul(dy, vector::sigmoid(s, z))
    }
}

impl<T: Scalar> Activation<T> for Softplus {
    const ARG: Arg = Arg::Type("Softplus", &[]);
    const FUNCTION: Function = Function::OfSoftplus;
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
