//! Random masks and normal numbers for whole runs of elements, at the lane's full width.
//!
//! The generator's blocks do not depend on each other, so a register holds the same word of many of them: the loops over
//! `BLOCKS` below are plain code that the compiler makes vector instructions of, in a function that is compiled for the
//! lane. All of it is integers, sums and products, so every lane gives the same bits.

use crate::random::philox;
use crate::simd::{Kernel, Simd};
use crate::{Key, LeastPart, Parallel, Scalar, split_rows};

/// How many blocks of the generator go side by side: each fills a register of 512 bits with one of its four words.
const BLOCKS: usize = 16;

/// The numbers of so many blocks.
const NUMBERS: usize = 4 * BLOCKS;

/// Calls `work` with the place of the first [`NUMBERS`] and the elements, for each thread's part of `values`; `least` elements are worth a
/// thread.
fn in_parts<T: Scalar>(
    parallel: Parallel<'_>,
    values: &mut [T],
    least: LeastPart,
    work: impl Fn(usize, &mut [T]) + Sync,
) {
    let parts = parallel.parts(values.len(), least);
    if parts < 2 {
        return work(0, values);
    }
    let some = values.len().div_ceil(parts).next_multiple_of(NUMBERS);
    split_rows(parallel, values, 1, some, |at, values| work(at / NUMBERS, values));
}

/// Multiplies each element by 0 or by `kept`: by 0 where its 32 random bits are below `dropped`, so with probability
/// `dropped`/2³².
///
/// The bits of element i are number i mod 4 of [`Key::block`] i / 4. It multiplies rather than writes 0, so that NaN stays
/// NaN.
///
/// ```
/// use typednet_tensor::{Key, Parallel, noise};
///
/// let mut values = [1.0_f32; 8];
/// noise::mask(Key::new(0), 1 << 31, 2.0, &mut values, Parallel::SERIAL);
/// assert!(values.iter().all(|value| [0.0, 2.0].contains(value)));
/// ```
#[inline(never)]
pub fn mask<T: Scalar>(key: Key, dropped: u32, kept: T, values: &mut [T], parallel: Parallel<'_>) {
    struct Mask<'a, T>(Key, u32, T, usize, &'a mut [T]);
    impl<T: Scalar> Kernel<T> for Mask<'_, T> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd<T>>(self, _: S) {
            let Self(key, dropped, kept, first, values) = self;
            for (index, values) in values.chunks_mut(NUMBERS).enumerate() {
                let bits = numbers(key, first + index);
                let factor = |bits: u32| if bits < dropped { T::ZERO } else { kept };
                if let Ok(values) = <&mut [T; NUMBERS]>::try_from(&mut *values) {
                    for (value, bits) in values.iter_mut().zip(&bits) {
                        *value *= factor(*bits);
                    }
                } else {
                    for (value, bits) in values.iter_mut().zip(&bits) {
                        *value *= factor(*bits);
                    }
                }
            }
        }
    }
    in_parts(parallel, values, LeastPart::new(8192, 1000), |first, values| {
        T::dispatch(Mask(key, dropped, kept, first, values));
    });
}

/// Adds to each element a number from the normal distribution with mean 0 and the given deviation.
///
/// The numbers are made in `f32` for both scalars (Box and Muller: two from two numbers of [`Key::block`]) and reach
/// 6.66 deviations; they are not those of [`Key::normal`].
///
/// ```
/// use typednet_tensor::{Key, Parallel, noise};
///
/// let (mut a, mut b) = ([1.0_f64; 5], [1.0_f64; 5]);
/// noise::add_normal(Key::new(0), 0.1, &mut a, Parallel::SERIAL);
/// noise::add_normal(Key::new(0), 0.1, &mut b, Parallel::SERIAL);
/// assert!(a == b && a != [1.0; 5]);
/// ```
#[inline(never)]
pub fn add_normal<T: Scalar>(key: Key, deviation: T, values: &mut [T], parallel: Parallel<'_>) {
    in_parts(parallel, values, LeastPart::new(1024, 1000), |first, values| {
        f32::dispatch(Add(key, deviation, first, values));
    });
}

/// Adds normal numbers to a run whose first element is the first of [`NUMBERS`] with this number.
struct Add<'a, T>(Key, T, usize, &'a mut [T]);

// The lane of `f32`, whatever the values are.
impl<T: Scalar> Kernel<f32> for Add<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd<f32>>(self, s: S) {
        let Self(key, deviation, first, values) = self;
        for (index, values) in values.chunks_mut(NUMBERS).enumerate() {
            let normal = normal(s, &numbers(key, first + index));
            for (value, normal) in values.iter_mut().zip(&normal) {
                *value += deviation * T::of(f64::from(*normal));
            }
        }
    }
}

/// The numbers of [`BLOCKS`] blocks from block `index`·`BLOCKS` on, one block after the other.
#[inline(always)]
fn numbers(key: Key, index: usize) -> [u32; NUMBERS] {
    let first = index as u64 * BLOCKS as u64;
    let (path, seed) = key.words();
    // A run of so many blocks never crosses a multiple of 2³²: their upper words are one.
    let (low, high) = (first as u32, (first >> 32) as u32);
    let mut words = [[0; BLOCKS]; 4];
    for i in 0..BLOCKS {
        let block = philox([low + i as u32, high, path[0], path[1]], seed);
        for (words, word) in words.iter_mut().zip(block) {
            words[i] = word;
        }
    }
    let mut numbers = [0; NUMBERS];
    for i in 0..BLOCKS {
        for (j, words) in words.iter().enumerate() {
            numbers[4 * i + j] = words[i];
        }
    }
    numbers
}

/// √(−2 ln u)·(cos 2πv, sin 2πv) of each pair of numbers (u, v).
#[inline(always)]
fn normal<S: Simd<f32>>(s: S, numbers: &[u32; NUMBERS]) -> [f32; NUMBERS] {
    const PAIRS: usize = NUMBERS / 2;
    let (mut radius, mut cosine, mut sine) = ([0.0; PAIRS], [0.0; PAIRS], [0.0; PAIRS]);
    for i in 0..PAIRS {
        // From 2⁻³² to 1: its logarithm is finite.
        radius[i] = -2.0 * ln((numbers[2 * i] as f32 + 1.0) * (1.0 / 4_294_967_296.0));
        (cosine[i], sine[i]) = direction(numbers[2 * i + 1]);
    }
    for radius in radius.chunks_exact_mut(S::LANES) {
        // The logarithm of 1 may be a little above 0.
        s.store(s.sqrt(s.max(s.load(radius), s.splat(0.0))), radius);
    }
    let mut normal = [0.0; NUMBERS];
    for i in 0..PAIRS {
        normal[2 * i] = radius[i] * cosine[i];
        normal[2 * i + 1] = radius[i] * sine[i];
    }
    normal
}

/// ln x of a positive normal number, with a polynomial of degree 9 for the logarithm of 1 + t, √½ ≤ 1 + t < √2 (Cephes,
/// Moshier).
#[inline(always)]
fn ln(x: f32) -> f32 {
    const C: [f32; 9] = [
        0.070_376_836,
        -0.115_146_1,
        0.116_769_984,
        -0.124_201_41,
        0.142_493_23,
        -0.166_680_57,
        0.200_007_14,
        -0.249_999_94,
        0.333_333_3,
    ];
    // ln 2 in two parts: the product of the first with an exponent is exact.
    const LN_2: [f32; 2] = [0.693_359_4, -0.000_212_194_44];
    const HALF_ROOT: u32 = 0x3F35_04F3;
    // The bits of √½ as 0: then the upper ones are the exponent.
    let bits = x.to_bits().wrapping_sub(HALF_ROOT);
    let exponent = (bits.cast_signed() >> 23) as f32;
    let t = f32::from_bits((bits & 0x007F_FFFF) + HALF_ROOT) - 1.0;
    let mut sum = C[0];
    for c in &C[1..] {
        sum = sum * t + c;
    }
    let square = t * t;
    let rest = sum * t * square + LN_2[1] * exponent - 0.5 * square;
    t + rest + LN_2[0] * exponent
}

/// The cosine and the sine of an angle that is spread evenly over the circle, from 32 random bits.
///
/// 30 bits are an angle from −π/4 to π/4, where short polynomials are exact enough (Cephes, Moshier); one bit turns the
/// other way, and one changes the two.
#[inline(always)]
fn direction(bits: u32) -> (f32, f32) {
    const SCALE: f32 = core::f32::consts::FRAC_PI_2 / 4_294_967_296.0;
    let angle = (bits << 2).cast_signed() as f32 * SCALE;
    let z = angle * angle;
    let sine = ((-0.000_195_152_96 * z + 0.008_332_161) * z - 0.166_666_55) * z * angle + angle;
    let cosine = ((2.443_315_7e-5 * z - 0.001_388_731_6) * z + 0.041_666_646) * z * z - 0.5 * z + 1.0;
    let cosine = if bits & 0x4000_0000 == 0 { cosine } else { -cosine };
    if bits & 0x8000_0000 == 0 { (cosine, sine) } else { (sine, cosine) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Lane, tests::lanes};

    #[test]
    fn each_element_has_the_bits_of_its_place() {
        let (key, dropped) = (Key::new(3).child(1), 1_234_567_890);
        for len in [0, 1, 3, 4, 5, 63, 64, 65, 127, 1000] {
            let mut values = vec![3.0_f64; len];
            mask(key, dropped, 1.5, &mut values, Parallel::SERIAL);
            for (i, value) in values.iter().enumerate() {
                let kept = key.block(i as u64 / 4)[i % 4] >= dropped;
                assert_eq!(value.to_bits(), if kept { 4.5_f64 } else { 0.0 }.to_bits(), "element {i} of {len}");
            }
        }
    }

    #[test]
    fn what_is_no_number_stays_none() {
        let mut values = [f32::NAN; 70];
        mask(Key::new(0), u32::MAX / 2, 2.0, &mut values, Parallel::SERIAL);
        assert!(values.iter().all(|value| value.is_nan()));
    }

    /// The same pairs of numbers by the functions of `libm` in `f64`.
    #[test]
    fn normal_numbers_are_those_of_the_formula() {
        let key = Key::new(5);
        let mut values = vec![0.0_f64; 100_001];
        add_normal(key, 1.0, &mut values, Parallel::SERIAL);
        for (i, values) in values.chunks(2).enumerate() {
            let block = key.block(i as u64 / 2);
            let (u, v) = (block[i % 2 * 2], block[i % 2 * 2 + 1]);
            let radius = (-2.0 * ((f64::from(u) + 1.0) / 4_294_967_296.0).ln()).sqrt();
            let angle = f64::from((v << 2).cast_signed()) / 4_294_967_296.0 * core::f64::consts::FRAC_PI_2;
            let cosine = if v & 0x4000_0000 == 0 { angle.cos() } else { -angle.cos() };
            let (a, b) = if v & 0x8000_0000 == 0 { (cosine, angle.sin()) } else { (angle.sin(), cosine) };
            for (value, wanted) in values.iter().zip([radius * a, radius * b]) {
                // Near u = 1 a step of u is 2⁻²⁴, and that of the radius its root.
                let bound = 1e-6 + 1e-7 / radius;
                assert!((value - wanted).abs() < bound, "{value} should be {wanted}");
            }
        }
    }

    /// Kolmogorov and Smirnov: the largest distance between the two distributions is below 1.95/√n in 999 of 1000 cases.
    #[test]
    fn normal_numbers_are_normally_distributed() {
        let mut values = vec![0.0_f64; 1 << 20];
        add_normal(Key::new(9), 1.0, &mut values, Parallel::SERIAL);
        let count = values.len() as f64;
        // The numbers of a pair and those of neighbouring pairs are not correlated.
        for step in [1, 2, 4] {
            let sum: f64 = values.iter().zip(&values[step..]).map(|(a, b)| a * b).sum();
            assert!((sum / count).abs() < 5.0 / count.sqrt(), "neighbours at {step}: {}", sum / count);
        }
        // The deviation of a mean of xⁿ is the root of (E x²ⁿ − (E xⁿ)²) / count, and E x²ⁿ = 1·3·…·(2n − 1).
        for (power, wanted, variance) in
            [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0), (5, 0.0, 945.0), (6, 15.0, 10_170.0_f64)]
        {
            let moment = values.iter().map(|x| x.powi(power)).sum::<f64>() / count;
            assert!((moment - wanted).abs() < 5.0 * (variance / count).sqrt(), "moment {power} is {moment}");
        }
        // As many lie beyond each of these as should, on both sides: a Poisson number, within 5 of its deviations.
        for beyond in [1.0, 2.0, 3.0, 4.0] {
            let wanted = count * 0.5 * (1.0 - Scalar::erf(beyond / core::f64::consts::SQRT_2));
            for side in [1.0, -1.0] {
                let found = values.iter().filter(|x| side * **x > beyond).count() as f64;
                assert!((found - wanted).abs() < 5.0 * wanted.sqrt(), "{found} numbers beyond {}", side * beyond);
            }
        }
        values.sort_by(f64::total_cmp);
        let distance = values.iter().enumerate().fold(0.0, |distance: f64, (i, x)| {
            let wanted = 0.5 * (1.0 + Scalar::erf(x / core::f64::consts::SQRT_2));
            distance.max((wanted - (i as f64 + 0.5) / count).abs())
        });
        assert!(distance < 1.95 / count.sqrt(), "the distance is {distance}");
        assert!(values[0] < -4.5 && values[values.len() - 1] > 4.5);
    }

    #[test]
    fn all_lanes_have_the_same_noise() {
        let on = |lane| {
            let mut values = vec![0.25_f32; 100 * NUMBERS + 7];
            f32::dispatch_on(lane, Add(Key::new(2), 0.5, 3, &mut values));
            values.into_iter().map(f32::to_bits).collect::<Vec<_>>()
        };
        for lane in lanes() {
            assert!(on(lane) == on(Lane::Portable), "{}", lane.name());
        }
    }

    #[test]
    fn both_scalars_have_the_same_noise() {
        let (mut single, mut double) = (vec![0.0_f32; 131], vec![0.0_f64; 131]);
        add_normal(Key::new(1), 0.5, &mut single, Parallel::SERIAL);
        add_normal(Key::new(1), 0.5, &mut double, Parallel::SERIAL);
        assert!(single.iter().zip(&double).all(|(a, b)| f64::from(*a).to_bits() == b.to_bits()));
    }
}
