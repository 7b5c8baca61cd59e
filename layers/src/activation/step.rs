//! The perceptron's activation.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Map, Simd, map_in_place};

use crate::{Activation, Arg, Function, Init, SavesForBackward};

/// a = 1 where z ≥ 0, else 0 (lecture section 2); a' = 0, so nothing before it learns by gradient descent. It is for the
/// perceptron, which has a rule of its own.
pub struct Step;

struct Forward;

impl<T: Scalar> Map<T> for Forward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V) -> S::V {
        let (zero, one) = (s.splat(T::zero()), s.splat(T::one()));
        let a = s.select(s.le(zero, z), one, zero);
        s.select(s.eq(z, z), a, z)
    }
}

impl<T: Scalar> Activation<T> for Step {
    const ARG: Arg = Arg::Type("Step", &[]);
    const FUNCTION: Function = Function::OfStep;
    const INIT: Init = Init::XavierNormal;
    const KEEPS: SavesForBackward = SavesForBackward::Output;

    #[inline(never)]
    fn apply(z: &mut [T], _: usize) {
        map_in_place(Forward, z);
    }

    #[inline(never)]
    fn backward(_: &[T], dy: &mut [T], _: usize) {
        dy.fill(T::zero());
    }
}
