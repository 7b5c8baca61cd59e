//! Normal numbers that are added.

use super::box_muller::{BoxMuller, NUMBERS};
use super::in_parts;
use super::words::Words;
use crate::simd::{Kernel, Simd};
use crate::{Aligned, Key, LeastPart, Parallel, Scalar};

/// The elements for which generators are begun, which takes as long as 100 numbers. A thread's part begins with such a run.
const RUN: usize = 32 * NUMBERS;

/// Adds to each element a number from the normal distribution with mean 0 and the given deviation.
///
/// The numbers follow from the key and the element's place: not from the threads, nor from the lane. They are made in `f32` for both
/// scalars, by the formula of Box and Muller (*A note on the generation of random normal deviates*, 1958) with short fractions, within
/// 4·10⁻⁶ times the distance of a pair from 0, and reach 6.66 deviations; of 10¹¹ numbers three should be further away. Their bits
/// are those of SFC32 (Doty-Humphrey, `PractRand`), sixteen generators of which begin with a [`Key::block`] each for every 4,096
/// elements. They are not the numbers of [`Key::normal`].
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
    add(key, deviation, None, values, parallel);
}

/// y ← x + ε, with the numbers ε that [`add_normal`] adds, in one pass through the memory.
///
/// ```
/// use typednet_tensor::{Key, Parallel, noise};
///
/// let (x, mut y) = ([1.0_f32; 5], [0.0; 5]);
/// noise::plus_normal(Key::new(0), 0.1, &x, &mut y, Parallel::SERIAL);
/// let mut z = x;
/// noise::add_normal(Key::new(0), 0.1, &mut z, Parallel::SERIAL);
/// assert_eq!(y, z);
/// ```
///
/// # Panics
/// If `x` and `y` differ in length.
#[inline(never)]
pub fn plus_normal<T: Scalar>(key: Key, deviation: T, x: &[T], y: &mut [T], parallel: Parallel<'_>) {
    assert_eq!(x.len(), y.len(), "a sum has the length of what is added to");
    add(key, deviation, Some(x), y, parallel);
}

#[inline(never)]
fn add<T: Scalar>(key: Key, deviation: T, x: Option<&[T]>, y: &mut [T], parallel: Parallel<'_>) {
    in_parts(parallel, y, RUN, LeastPart::new(4096, 1000), |run, y| {
        let x = x.map(|x| &x[run * RUN..][..y.len()]);
        f32::dispatch(Add { key, deviation, run, x, y });
    });
}

/// y ← x + σ·ε, or y ← y + σ·ε without x, where the first element of y is the first of the run with this number.
struct Add<'a, T> {
    key: Key,
    deviation: T,
    run: usize,
    x: Option<&'a [T]>,
    y: &'a mut [T],
}

// The lane of `f32`, whatever the elements are.
impl<T: Scalar> Kernel<f32> for Add<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd<f32>>(self, _: S) {
        let Self { key, deviation, run, x, y } = self;
        let (mut pairs, mut last) = (Aligned(BoxMuller::new()), Aligned([T::ZERO; NUMBERS]));
        for (index, y) in y.chunks_mut(RUN).enumerate() {
            let mut generators = Words::new(key, run + index);
            for (group, y) in y.chunks_mut(NUMBERS).enumerate() {
                if let Some(x) = x {
                    y.copy_from_slice(&x[index * RUN + group * NUMBERS..][..y.len()]);
                }
                let len = y.len();
                let whole = if let Ok(whole) = <&mut [T; NUMBERS]>::try_from(&mut *y) {
                    whole
                } else {
                    last[..len].copy_from_slice(y);
                    &mut last
                };
                pairs.add(&mut generators, deviation, whole);
                if len < NUMBERS {
                    y.copy_from_slice(&last[..len]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Lane, tests::lanes};
    use crate::test_pools::Threads;

    fn normal(key: Key, len: usize) -> Vec<f64> {
        let mut values = vec![0.0; len];
        add_normal(key, 1.0, &mut values, Parallel::SERIAL);
        values
    }

    /// How far Σ ab / n is from 0, in its deviations, where a and b are independent and of mean 0 and deviation 1.
    fn correlation<'a>(pairs: impl Iterator<Item = (&'a f64, &'a f64)>) -> f64 {
        let (sum, count) = pairs.fold((0.0, 0), |(sum, count), (a, b)| (sum + a * b, count + 1));
        sum / f64::from(count).sqrt()
    }

    /// The same words by the functions of `libm` in `f64`.
    #[test]
    fn normal_numbers_are_those_of_the_formula() {
        let key = Key::new(5).child(8);
        let values = normal(key, 2 * RUN + NUMBERS);
        for (run, values) in values.chunks(RUN).enumerate() {
            let mut generators = Words::new(key, run);
            for values in values.chunks(NUMBERS) {
                let mut words = [0; NUMBERS];
                generators.fill(&mut words);
                let half = NUMBERS / 2;
                for i in 0..half {
                    let (word, angle) = (words[i].cast_signed(), f64::from(words[half + i].cast_signed()));
                    let u = f64::from(word).abs().max(0.5) / 2_147_483_648.0;
                    let (radius, sign) = ((-2.0 * u.ln()).sqrt(), if word < 0 { -1.0 } else { 1.0 });
                    let angle = angle / 2_147_483_648.0 * core::f64::consts::FRAC_PI_2;
                    for (value, wanted) in [(values[i], angle.cos()), (values[half + i], angle.sin())] {
                        let wanted = sign * radius * wanted;
                        // Near u = 1 a step of u is 2⁻²⁴, and that of the radius its root.
                        let bound = 4e-6 * radius + 1e-7 / radius;
                        assert!((value - wanted).abs() < bound, "{value} should be {wanted}");
                    }
                }
            }
        }
    }

    /// Kolmogorov and Smirnov: the largest distance between the two distributions is below 1.95/√n in 999 of 1000 cases.
    #[test]
    fn normal_numbers_are_normally_distributed() {
        let mut values = normal(Key::new(9), 1 << 20);
        let count = values.len() as f64;
        // The deviation of a mean of xⁿ is the root of (E x²ⁿ − (E xⁿ)²) / count, and E x²ⁿ = 1·3·…·(2n − 1).
        for (power, wanted, variance) in
            [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0), (5, 0.0, 945.0), (6, 15.0, 10_170.0_f64)]
        {
            let moment = values.iter().map(|x| x.powi(power)).sum::<f64>() / count;
            assert!((moment - wanted).abs() < 5.0 * (variance / count).sqrt(), "moment {power} is {moment}");
        }
        values.sort_by(f64::total_cmp);
        let distance = values.iter().enumerate().fold(0.0, |distance: f64, (i, x)| {
            let wanted = 0.5 * (1.0 + Scalar::erf(x / core::f64::consts::SQRT_2));
            distance.max((wanted - (i as f64 + 0.5) / count).abs())
        });
        assert!(distance < 1.95 / count.sqrt(), "the distance is {distance}");
    }

    /// Neither numbers nor their squares: those of a pair, of one generator, of neighbours, and of neighbouring runs.
    #[test]
    fn numbers_of_one_key_are_not_correlated() {
        let values = normal(Key::new(4), 256 * RUN);
        // (x² − 1)/√2 has the deviation 1.
        let squares: Vec<f64> = values.iter().map(|x| (x * x - 1.0) * core::f64::consts::FRAC_1_SQRT_2).collect();
        for all in [&values, &squares] {
            for step in [1, 2, 4, 8, 15, 16, 17, 32, 48, NUMBERS / 2, NUMBERS - 16, NUMBERS, RUN, 2 * RUN] {
                let found = correlation(all.iter().zip(&all[step..]));
                assert!(found.abs() < 4.5, "numbers at {step}: {found} deviations");
            }
            let pairs = all.chunks_exact(NUMBERS).map(|all| all.split_at(NUMBERS / 2));
            let found = correlation(pairs.flat_map(|(first, second)| first.iter().zip(second)));
            assert!(found.abs() < 4.5, "numbers of a pair: {found} deviations");
        }
    }

    #[test]
    fn keys_that_differ_in_one_bit_are_not_correlated() {
        let len = 4 * RUN;
        let root = Key::new(0x5555_0F0F_3333_1234);
        let (one, child) = (normal(root, len), normal(root.child(0x4D), len));
        for bit in 0..64 {
            for (values, other) in [
                (&one, Key::new(0x5555_0F0F_3333_1234 ^ 1 << bit)),
                (&child, root.child(0x4D ^ 1 << bit)),
                (&child, Key::new(0x5555_0F0F_3333_1234 ^ 1 << bit).child(0x4D)),
            ] {
                let other = normal(other, len);
                let found = correlation(values.iter().zip(&other));
                assert!(found.abs() < 4.5, "bit {bit}: {found} deviations");
                assert!(
                    values.iter().zip(&other).filter(|(a, b)| a.to_bits() == b.to_bits()).count() < 10,
                    "bit {bit}"
                );
            }
        }
    }

    #[test]
    fn all_lanes_have_the_same_noise() {
        let x: Vec<f32> = (0..3 * RUN + 7).map(|i| i as f32 * 1e-3).collect();
        let on = |lane, x: Option<&[f32]>| {
            let mut y = vec![0.25_f32; 3 * RUN + 7];
            f32::dispatch_on(lane, Add { key: Key::new(2), deviation: 0.3, run: 3, x, y: &mut y });
            y.into_iter().map(f32::to_bits).collect::<Vec<_>>()
        };
        for lane in lanes() {
            for x in [None, Some(&*x)] {
                assert!(on(lane, x) == on(Lane::Portable, x), "{}", lane.name());
            }
        }
    }

    /// The portable lane's bits, once written down: as good as those of any lane and machine that runs this.
    #[test]
    fn every_machine_has_the_same_noise() {
        let hash = normal(Key::new(3), 10_000)
            .iter()
            .fold(0_u64, |hash, x| (hash ^ x.to_bits()).wrapping_mul(0x0000_0100_0000_01B3).rotate_left(17));
        assert_eq!(hash, 0xBCFA_F8E7_D62D_D9EA, "{hash:#x}");
    }

    #[test]
    fn an_element_has_its_number_however_many_there_are() {
        let all = normal(Key::new(6), 3 * RUN);
        for len in [0, 1, 15, 16, 17, 63, 64, 65, 127, 128, 129, 1000, RUN - 1, RUN, RUN + 1, 2 * RUN + 130] {
            assert!(normal(Key::new(6), len) == all[..len], "{len} elements");
            let mut values = vec![100.0_f64; len];
            add_normal(Key::new(6), 1.0, &mut values, Parallel::SERIAL);
            assert!(
                values.iter().zip(&all).all(|(value, x)| value.to_bits() == (100.0 + x).to_bits()),
                "added to {len} elements"
            );
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_noise() {
        for len in [1, 100, RUN, 3 * RUN + 1, 10 * RUN] {
            let x: Vec<f32> = (0..len).map(|i| i as f32 * 1e-3).collect();
            let mut alone = x.clone();
            add_normal(Key::new(8), 0.7, &mut alone, Parallel::SERIAL);
            for threads in 1..6 {
                let pool = Threads(threads);
                let (mut here, mut there) = (x.clone(), vec![f32::NAN; len]);
                add_normal(Key::new(8), 0.7, &mut here, Parallel::on(&pool));
                plus_normal(Key::new(8), 0.7, &x, &mut there, Parallel::on(&pool));
                assert!(here == alone && there == alone, "{len} elements, {threads} threads");
            }
        }
    }

    #[test]
    fn both_scalars_have_the_same_noise() {
        let (mut single, mut double) = (vec![0.0_f32; RUN + 131], vec![0.0_f64; RUN + 131]);
        add_normal(Key::new(1), 0.5, &mut single, Parallel::SERIAL);
        add_normal(Key::new(1), 0.5, &mut double, Parallel::SERIAL);
        assert!(single.iter().zip(&double).all(|(a, b)| f64::from(*a).to_bits() == b.to_bits()));
    }

    #[test]
    #[should_panic(expected = "a sum has the length of what is added to")]
    fn sums_of_another_length_are_refused() {
        plus_normal(Key::new(0), 1.0, &[0.0_f32; 3], &mut [0.0; 4], Parallel::SERIAL);
    }
}
