//! The hard swish.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Map, Simd, Zip, map_in_place, zip};

use crate::{Activation, Arg, Function, Init, SavesForBackward};

/// a = z·min(max(z + 3, 0), 6)/6: [`Silu`](crate::Silu) with three straight pieces in the place of its sigmoid, so that it
/// needs no exponential (Howard and others 2019; PyTorch's `Hardswish`).
///
/// It is 0 up to z = −3, z from 3 on, and z·(z + 3)/6 between. So a' = 0 where z < −3, 1 where 3 < z, and (2z + 3)/6 between,
/// which it is at ±3 too, where the derivative jumps from 0 to −½ and from 3/2 to 1.
///
/// ```
/// use typednet_layers::{Activation, HardSwish};
///
/// let mut z = [-4.0, -1.0, 0.0, 1.5, 5.0];
/// HardSwish::apply(&mut z, 5);
/// assert_eq!(z, [0.0, -1.0 / 3.0, 0.0, 1.125, 5.0]);
/// ```
pub struct HardSwish;

struct Forward;

impl<T: Scalar> Map<T> for Forward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V) -> S::V {
        let [zero, three, six] = [0.0, 3.0, 6.0].map(|x| s.splat(T::of(x)));
        let gate = s.div(s.min(s.max(s.add(z, three), zero), six), six);
        // −∞ gives 0 too; what is not a number stays so.
        s.select(s.lt(z, s.neg(three)), zero, s.mul(z, gate))
    }
}

struct Backward;

impl<T: Scalar> Zip<T> for Backward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V, dy: S::V) -> S::V {
        let [zero, half, one, three] = [0.0, 0.5, 1.0, 3.0].map(|x| s.splat(T::of(x)));
        let between = s.add(s.div(z, three), half);
        let slope = s.select(s.lt(z, s.neg(three)), zero, s.select(s.lt(three, z), one, between));
        s.mul(dy, slope)
    }
}

impl<T: Scalar> Activation<T> for HardSwish {
    const ARG: Arg = Arg::Type("HardSwish", &[]);
    const FUNCTION: Function = Function::OfHardSwish;
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
