//! The rectified linear unit.

use typednet_tensor::Scalar;
use typednet_tensor::matmul::Epilogue;
use typednet_tensor::simd::{Map, Simd, Zip, map_in_place, zip};

use super::vector;
use crate::{Activation, Arg, Function, Init, SavesForBackward};

/// a = max(0, z); a' = 1 where z > 0, else 0 (lecture section 2).
pub struct Relu;

struct Forward;

impl<T: Scalar> Map<T> for Forward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V) -> S::V {
        vector::positive_part(s, z)
    }
}

struct Backward;

impl<T: Scalar> Zip<T> for Backward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, a: S::V, dy: S::V) -> S::V {
        let zero = s.splat(T::zero());
        s.select(s.lt(zero, a), dy, zero)
    }
}

impl<T: Scalar> Activation<T> for Relu {
    const ARG: Arg = Arg::Type("Relu", &[]);
    const FUNCTION: Function = Function::OfRelu;
    const INIT: Init = Init::HeNormal;
    const KEEPS: SavesForBackward = SavesForBackward::Output;
    const EPILOGUE: Epilogue = Epilogue::Relu;
    const DIES: bool = true;

    #[inline(never)]
    fn apply(z: &mut [T], _: usize) {
        map_in_place(Forward, z);
    }

    #[inline(never)]
    fn backward(a: &[T], dy: &mut [T], _: usize) {
        zip(Backward, a, dy);
    }
}
