//! The exponential linear unit.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Map, Simd, Zip, map_in_place, zip};

use super::{bits, vector};
use crate::{Activation, Arg, Function, Init, SavesForBackward};

/// a = z where z > 0, else α(e^z − 1); a' = 1 where z > 0, else αe^z (Clevert and others 2015).
///
/// α is written as [`bits`]: `Elu<{ bits(0.5) }>`; `Elu` alone has the usual 1. In `network!` it is the plain number.
///
/// ```
/// use typednet_layers::{Activation, Elu};
///
/// let mut z = [-100.0, 3.0];
/// <Elu>::apply(&mut z, 2);
/// assert_eq!(z, [-1.0, 3.0]);
/// ```
pub struct Elu<const ALPHA: u64 = { bits(1.0) }>;

impl<const ALPHA: u64> Elu<ALPHA> {
    const SCALE: f64 = {
        let scale = f64::from_bits(ALPHA);
        assert!(scale.is_finite(), "the scale of an ELU must be a finite number");
        scale
    };
}

struct Forward<T>(T);

impl<T: Scalar> Map<T> for Forward<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V) -> S::V {
        // e^z − 1 = 2t/(1 − t) with t = tanh(z/2), which does not cancel near 0.
        let t = vector::tanh(s, s.mul(s.splat(T::of(0.5)), vector::negative_part(s, z)));
        let below = s.div(s.mul(s.splat(self.0 + self.0), t), s.sub(s.splat(T::one()), t));
        s.select(s.lt(s.splat(T::zero()), z), z, below)
    }
}

struct Backward<T>(T);

impl<T: Scalar> Zip<T> for Backward<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V, dy: S::V) -> S::V {
        let below = s.mul(s.splat(self.0), s.exp(vector::negative_part(s, z)));
        s.select(s.lt(s.splat(T::zero()), z), dy, s.mul(dy, below))
    }
}

impl<const ALPHA: u64, T: Scalar> Activation<T> for Elu<ALPHA> {
    const ARG: Arg = Arg::Type("Elu", &[Arg::Number(Self::SCALE)]);
    const FUNCTION: Function = Function::OfElu(Self::SCALE);
    const INIT: Init = Init::HeNormal;
    const KEEPS: SavesForBackward = SavesForBackward::Input;

    fn apply(z: &mut [T], _: usize) {
        apply(T::of(Self::SCALE), z);
    }

    fn backward(z: &[T], dy: &mut [T], _: usize) {
        backward(T::of(Self::SCALE), z, dy);
    }
}

/// The same function for any α, so that no program has one of its own.
#[inline(never)]
fn apply<T: Scalar>(alpha: T, z: &mut [T]) {
    map_in_place(Forward(alpha), z);
}

/// Its derivative.
#[inline(never)]
fn backward<T: Scalar>(alpha: T, z: &[T], dy: &mut [T]) {
    zip(Backward(alpha), z, dy);
}
