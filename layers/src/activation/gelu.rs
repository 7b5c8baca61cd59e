//! The Gaussian error linear unit.

use core::f64::consts::TAU;

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Map, Simd, Zip, map_in_place, zip};

use super::vector;
use crate::{Activation, Arg, Function, Init, SavesForBackward};

/// a = z·Φ(z), where Φ(z) = ½(1 + erf(z/√2)) is the normal distribution; a' = Φ(z) + z·φ(z) with
/// φ(z) = e^(−z²/2)/√(2π) (Hendrycks and Gimpel 2016).
///
/// [`GeluTanh`](crate::GeluTanh) is the approximation of it that GPT-2 uses.
pub struct Gelu;

/// Φ(z) and φ(z).
///
/// The tail is Φ(−x) = φ(x)·R(x) with Mills' ratio R. With t = 1/(1 + c·x), R/t is a polynomial in t to the precision of
/// the scalar (`goldens/mills_ratio.py`). Nothing cancels in the tail, where 1 + erf would.
#[inline(always)]
fn normal<T: Scalar, S: Simd<T>>(s: S, z: S::V) -> (S::V, S::V) {
    let one = s.splat(T::one());
    let x = s.abs(z);
    let root = s.splat(T::of(1.0 / num_traits::Float::sqrt(TAU)));
    let density = s.mul(root, s.exp(s.mul(s.mul(s.splat(T::of(-0.5)), x), x)));
    let single = T::epsilon() > T::of(1e-10);
    let c = s.splat(T::of(if single { 0.3 } else { 0.2 }));
    let t = s.div(one, s.mul_add(c, x, one));
    let p = if single { vector::polynomial(s, t, SINGLE) } else { vector::polynomial(s, t, DOUBLE) };
    let tail = s.mul(density, s.mul(t, p));
    (s.select(s.lt(z, s.splat(T::zero())), tail, s.sub(one, tail)), density)
}

/// c = 0.3, relative error 4.4e-9 up to x = 14.5, from where on `f32` has φ(x) = 0.
const SINGLE: [f64; 10] = [
    -0.052_528_962_875_138_314,
    0.286_400_962_155_402,
    -0.582_852_253_920_906_3,
    0.495_185_880_943_266_2,
    -0.211_091_893_874_169_68,
    0.247_432_742_014_553_84,
    0.194_308_562_629_596_8,
    0.276_777_911_291_989_5,
    0.299_668_491_775_853_7,
    0.300_012_692_489_824_1,
];

/// c = 0.2, relative error 1.2e-17 up to x = 39, from where on `f64` has φ(x) = 0.
const DOUBLE: [f64; 23] = [
    -0.000_333_857_474_048_306_9,
    0.001_829_354_084_326_316_2,
    0.004_100_359_881_636_345,
    -0.070_329_157_198_449_16,
    0.313_199_152_443_744_85,
    -0.808_848_991_545_677_5,
    1.412_481_319_406_790_4,
    -1.795_394_937_108_475_2,
    1.748_847_924_571_497_4,
    -1.343_530_444_956_328_8,
    0.816_568_206_955_712,
    -0.410_187_639_595_8,
    0.167_449_332_825_116_56,
    -0.036_271_685_203_700_97,
    0.052_094_194_573_604_63,
    0.061_218_420_001_850_29,
    0.094_724_993_995_751_31,
    0.124_731_068_274_992_18,
    0.152_967_023_481_141_7,
    0.175_999_473_460_886_24,
    0.192_000_027_300_312_4,
    0.199_999_999_127_706_2,
    0.200_000_000_012_911_3,
];

struct Forward;

impl<T: Scalar> Map<T> for Forward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V) -> S::V {
        s.mul(z, normal(s, z).0)
    }
}

struct Backward;

impl<T: Scalar> Zip<T> for Backward {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V, dy: S::V) -> S::V {
        let (distribution, density) = normal(s, z);
        s.mul(dy, s.mul_add(z, density, distribution))
    }
}

impl<T: Scalar> Activation<T> for Gelu {
    const ARG: Arg = Arg::Type("Gelu", &[]);
    const FUNCTION: Function = Function::OfGelu;
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
