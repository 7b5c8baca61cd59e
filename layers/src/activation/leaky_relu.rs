//! The ReLU that does not die.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Map, Simd, Zip, map_in_place, zip};

use super::bits;
use crate::{Activation, Arg, Function, Init, SavesForBackward};

/// a = z where z > 0, else αz; a' = 1 where z > 0, else α (lecture section 2).
///
/// α is written as [`bits`]: `LeakyRelu<{ bits(0.2) }>`; `LeakyRelu` alone has the usual 0.01. In `network!` it is the
/// plain number, `LeakyRelu<0.2>`. Any finite α is right, also 0, a negative one and one above 1.
///
/// ```
/// use typednet_layers::{Activation, LeakyRelu, bits};
///
/// let mut z = [-2.0, 3.0];
/// LeakyRelu::<{ bits(0.5) }>::apply(&mut z, 2);
/// assert_eq!(z, [-1.0, 3.0]);
/// ```
pub struct LeakyRelu<const ALPHA: u64 = { bits(0.01) }>;

impl<const ALPHA: u64> LeakyRelu<ALPHA> {
    const SLOPE: f64 = {
        let slope = f64::from_bits(ALPHA);
        assert!(slope.is_finite(), "the slope of a leaky ReLU must be a finite number");
        slope
    };
}

struct Forward<T>(T);

impl<T: Scalar> Map<T> for Forward<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V) -> S::V {
        s.select(s.lt(s.splat(T::zero()), z), z, s.mul(s.splat(self.0), z))
    }
}

/// `kept` is z, or an a with z's sign.
struct Backward<T>(T);

impl<T: Scalar> Zip<T> for Backward<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, kept: S::V, dy: S::V) -> S::V {
        s.select(s.lt(s.splat(T::zero()), kept), dy, s.mul(s.splat(self.0), dy))
    }
}

impl<const ALPHA: u64, T: Scalar> Activation<T> for LeakyRelu<ALPHA> {
    const ARG: Arg = Arg::Type("LeakyRelu", &[Arg::Number(Self::SLOPE)]);
    const FUNCTION: Function = Function::OfLeakyRelu(Self::SLOPE);
    const INIT: Init = Init::HeNormal;
    /// a is above 0 exactly where z is, unless α is negative: then a says nothing about z.
    const KEEPS: SavesForBackward = if Self::SLOPE >= 0.0 { SavesForBackward::Output } else { SavesForBackward::Input };
    const DIES: bool = Self::SLOPE == 0.0;

    fn apply(z: &mut [T], _: usize) {
        apply(T::of(Self::SLOPE), z);
    }

    fn backward(kept: &[T], dy: &mut [T], _: usize) {
        backward(T::of(Self::SLOPE), kept, dy);
    }
}

/// The same function for any α, so that no program has one of its own.
#[inline(never)]
fn apply<T: Scalar>(alpha: T, z: &mut [T]) {
    map_in_place(Forward(alpha), z);
}

/// Its derivative.
#[inline(never)]
fn backward<T: Scalar>(alpha: T, kept: &[T], dy: &mut [T]) {
    zip(Backward(alpha), kept, dy);
}
