//! Every operation of every lane that this processor has, against the portable lane and against `std`.

use super::*;
use crate::Scalar;

/// The lanes that can run here.
pub(crate) fn lanes() -> impl Iterator<Item = Lane> {
    Lane::ALL.into_iter().filter(|lane| lane.available())
}

/// Numbers that operations treat differently, among them halves, ties, zeros of both signs, infinities and NaN.
const SPECIAL: [f64; 24] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    1.5,
    2.5,
    -0.5,
    -1.5,
    -2.5,
    0.3,
    -7.7,
    1e-30,
    -1e-30,
    3e37,
    -3e37,
    8_388_609.0,
    -8_388_608.0,
    100.25,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    3.0,
    0.499_999_97,
];

/// All operations, for each vector of `a`, `b` and `c`, one row of results after the other.
struct All<'a, T>(&'a [T], &'a [T], &'a [T]);

/// The operations by name: the rows of the results of [`All`].
const NAMES: [&str; 18] = [
    "add", "sub", "mul", "div", "mul_add", "max", "min", "sqrt", "abs", "neg", "round", "lt", "le", "eq", "each",
    "splat", "pow2", "exp",
];

impl<T: Scalar> Kernel<T> for All<'_, T> {
    type Output = Vec<Vec<T>>;
    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) -> Vec<Vec<T>> {
        let Self(a, b, c) = self;
        let (yes, no) = (s.splat(T::one()), s.splat(T::ZERO));
        let mut results = vec![vec![T::nan(); a.len()]; NAMES.len()];
        for start in (0..a.len()).step_by(S::LANES) {
            let end = a.len().min(start + S::LANES);
            let load = |x: &[T]| s.load_part(&x[start..end], T::one());
            let (a, b, c) = (load(a), load(b), load(c));
            // A power that is a normal number, from whatever `a` is.
            let power = s.round(s.max(s.min(a, s.splat(T::of(127.0))), s.splat(T::of(-126.0))));
            let all = [
                s.add(a, b),
                s.sub(a, b),
                s.mul(a, b),
                s.div(a, b),
                s.mul_add(a, b, c),
                s.max(a, b),
                s.min(a, b),
                s.sqrt(a),
                s.abs(a),
                s.neg(a),
                s.round(a),
                s.select(s.lt(a, b), yes, no),
                s.select(s.le(a, b), yes, no),
                s.select(s.eq(a, b), yes, no),
                s.each(a, |x| x + T::one()),
                s.splat(T::of(7.0)),
                s.pow2(power),
                s.exp(a),
            ];
            for (v, result) in all.into_iter().zip(&mut results) {
                s.store_part(v, &mut result[start..end]);
            }
        }
        results
    }
}

fn every_operation_is_the_portable_one<T: Scalar>() {
    let count = SPECIAL.len();
    let pick = |step: usize| -> Vec<T> { (0..count * count).map(|i| T::of(SPECIAL[i / step % count])).collect() };
    let (a, b) = (pick(1), pick(count));
    let c: Vec<T> = (0..count * count).map(|i| T::of(i as f64 - 100.0)).collect();
    let wanted = T::dispatch_on(Lane::Portable, All(&a, &b, &c));
    for lane in lanes() {
        let found = T::dispatch_on(lane, All(&a, &b, &c));
        for (name, (found, wanted)) in NAMES.into_iter().zip(found.into_iter().zip(&wanted)) {
            for i in 0..a.len() {
                let (x, y) = (found[i], wanted[i]);
                let same = x == y && x.is_sign_positive() == y.is_sign_positive() || x.is_nan() && y.is_nan();
                // One rounding or two.
                let tolerance = match name {
                    "mul_add" => (a[i] * b[i]).abs().max(c[i].abs()) * T::epsilon(),
                    "exp" => y.abs() * T::epsilon() * T::of(4.0),
                    _ => T::ZERO,
                };
                let near = (x - y).abs() <= tolerance;
                assert!(same || near, "{lane:?} {name}({}, {}, {}) is {x}, not {y}", a[i], b[i], c[i]);
            }
        }
    }
}

#[test]
fn every_operation_is_the_portable_one_f32() {
    every_operation_is_the_portable_one::<f32>();
}

#[test]
fn every_operation_is_the_portable_one_f64() {
    every_operation_is_the_portable_one::<f64>();
}

/// Loads and stores of `len` elements in the middle of a run, by slices and by pointers; sums and the largest.
struct Memory<'a, T>(&'a [T], &'a mut Vec<Vec<T>>);

impl<T: Scalar> Kernel<T> for Memory<'_, T> {
    type Output = usize;
    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) -> usize {
        let Self(x, rows) = self;
        let fill = T::of(-5.0);
        for len in 0..=S::LANES {
            let v = s.load_part(&x[..len], fill);
            let mut whole = vec![T::ZERO; S::LANES];
            s.store(v, &mut whole);
            let wanted: Vec<T> = (0..S::LANES).map(|i| if i < len { x[i] } else { fill }).collect();
            assert_eq!(whole, wanted, "load_part of {len}");
            let total: T = wanted.iter().copied().sum();
            assert!((s.sum(v) - total).abs() < T::of(1e-3), "sum {} {total}", s.sum(v));
            assert_eq!(s.largest(v), wanted.iter().copied().fold(T::LOWEST, T::max), "largest");

            let part = s.part(len);
            // SAFETY: `x` has more than a vector's elements.
            let (v, all) = unsafe { (s.load_part_at(x.as_ptr(), part), s.load_at(x.as_ptr())) };
            s.store(v, &mut whole);
            let wanted: Vec<T> = (0..S::LANES).map(|i| if i < len { x[i] } else { T::ZERO }).collect();
            assert_eq!(whole, wanted, "load_part_at of {len}");
            s.store(all, &mut whole);
            assert_eq!(whole, x[..S::LANES], "load_at");

            let mut row = vec![fill; S::LANES + 2];
            s.store_part(s.load(x), &mut row[1..=len]);
            assert!(row[1..=len] == x[..len] && row[0] == fill && row[len + 1..].iter().all(|y| *y == fill));
            row.fill(fill);
            // SAFETY: `row` has a vector's elements from 1 on.
            unsafe { s.store_part_at(s.load(x), row.as_mut_ptr().add(1), part) };
            assert!(row[1..=len] == x[..len] && row[0] == fill && row[len + 1..].iter().all(|y| *y == fill));
            // SAFETY: as above.
            unsafe { s.store_at(s.load(x), row.as_mut_ptr().add(1)) };
            assert_eq!(row[1..=S::LANES], x[..S::LANES]);
            rows.push(row);
        }
        let (from_row, to_row) = (S::BLOCK + 3, S::BLOCK + 1);
        let from: Vec<T> = (0..S::BLOCK * from_row).map(|i| T::of(i as f64)).collect();
        let mut to = vec![fill; S::BLOCK * to_row];
        // SAFETY: both have a block's elements.
        unsafe { s.transpose_at(from.as_ptr(), from_row, to.as_mut_ptr(), to_row) };
        for (place, to) in to.into_iter().enumerate() {
            let (j, i) = (place / to_row, place % to_row);
            assert!(to == if i < S::BLOCK { from[i * from_row + j] } else { fill }, "transpose ({i}, {j})");
        }
        let bytes: Vec<u8> = (0..S::LANES).map(|i| 255 - 13 * i as u8).collect();
        let mut wide = vec![T::ZERO; S::LANES];
        s.store(s.widen(&bytes), &mut wide);
        assert!(wide.iter().zip(&bytes).all(|(wide, byte)| *wide == T::of(f64::from(*byte))), "widen");
        S::LANES
    }
}

#[test]
fn loads_and_stores_touch_their_elements_only() {
    for lane in lanes() {
        let x: Vec<f32> = (0..40).map(|i| i as f32 - 11.5).collect();
        f32::dispatch_on(lane, Memory(&x, &mut Vec::new()));
        let x: Vec<f64> = (0..40).map(|i| f64::from(i) - 11.5).collect();
        f64::dispatch_on(lane, Memory(&x, &mut Vec::new()));
    }
}

/// The loops of `map.rs` on a lane, for every length up to two vectors and one element.
#[test]
fn loops_cover_every_length() {
    struct Square;
    impl<T> Map<T> for Square {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V) -> S::V {
            s.mul(x, x)
        }
    }
    struct Difference;
    impl<T> Zip<T> for Difference {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V, y: S::V) -> S::V {
            s.sub(y, x)
        }
    }
    struct Sum;
    impl<T: Scalar> Reduce<T> for Sum {
        const START: T = T::ZERO;
        #[inline(always)]
        fn join<S: Simd<T>>(&self, s: S, total: S::V, x: S::V) -> S::V {
            s.add(total, x)
        }
        #[inline(always)]
        fn finish<S: Simd<T>>(&self, s: S, total: S::V) -> T {
            s.sum(total)
        }
    }
    fn check<T: Scalar>() {
        for lane in lanes() {
            for len in 0..=33 {
                // Small whole numbers: every order of summation gives the same.
                let x: Vec<T> = (0..len).map(|i| T::of(f64::from(i % 7) - 3.0)).collect();
                let mut y = vec![T::nan(); x.len()];
                map::map_on(lane, Square, &x, &mut y);
                assert!(x.iter().zip(&y).all(|(x, y)| *y == *x * *x), "{lane:?} map {len}");
                let mut z = x.clone();
                map::map_in_place_on(lane, Square, &mut z);
                assert_eq!(z, y, "{lane:?} map_in_place {len}");
                map::zip_on(lane, Difference, &x, &mut z);
                assert!((0..x.len()).all(|i| z[i] == y[i] - x[i]), "{lane:?} zip {len}");
                assert_eq!(map::reduce_on(lane, Sum, &x), x.iter().copied().sum(), "{lane:?} reduce {len}");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

struct Exp<'a, T>(&'a [T]);

impl<T: Scalar> Kernel<T> for Exp<'_, T> {
    type Output = Vec<T>;
    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) -> Vec<T> {
        let mut y = vec![T::nan(); self.0.len()];
        for (x, y) in self.0.chunks(S::LANES).zip(y.chunks_mut(S::LANES)) {
            s.store_part(s.exp(s.load_part(x, T::ZERO)), y);
        }
        y
    }
}

#[test]
fn exp_is_within_two_units_in_the_last_place_f32() {
    let x: Vec<f32> = (0..200_000).map(|i| -87.33 + 176.05 * (i as f32 / 200_000.0)).collect();
    for lane in lanes() {
        for (x, y) in x.iter().zip(f32::dispatch_on(lane, Exp(&x))) {
            let wanted = f64::from(*x).exp();
            let unit = f64::from((wanted as f32).next_up()) - f64::from(wanted as f32);
            let error = (f64::from(y) - wanted).abs() / unit;
            assert!(error <= 2.0, "{lane:?} exp({x}) is {y}, not {wanted}: {error} units");
        }
    }
}

#[test]
fn exp_is_within_two_units_in_the_last_place_f64() {
    let x: Vec<f64> = (0..200_000).map(|i| -708.39 + 1418.1 * (f64::from(i) / 200_000.0)).collect();
    for lane in lanes() {
        for (x, y) in x.iter().zip(f64::dispatch_on(lane, Exp(&x))) {
            // `std` is within one unit itself.
            let wanted = x.exp();
            let error = (y - wanted).abs() / (wanted.next_up() - wanted);
            assert!(error <= 2.0, "{lane:?} exp({x}) is {y}, not {wanted}: {error} units");
        }
    }
}

#[test]
fn exp_at_its_edges() {
    for lane in lanes() {
        let x = [
            f32::NEG_INFINITY,
            -1e30,
            -87.4,
            0.0,
            -0.0,
            88.722_84_f32.next_down(),
            88.73,
            1e30,
            f32::INFINITY,
            f32::NAN,
        ];
        let y = f32::dispatch_on(lane, Exp(&x));
        assert_eq!(y[..5], [0.0, 0.0, 0.0, 1.0, 1.0], "{lane:?}");
        assert!(y[5].is_finite() && y[5] > 3.4e38, "{lane:?} {}", y[5]);
        assert!(y[6..9].iter().all(|y| *y == f32::INFINITY) && y[9].is_nan(), "{lane:?} {y:?}");

        let x = [
            f64::NEG_INFINITY,
            -1e300,
            -708.4,
            0.0,
            -0.0,
            709.782_712_893_383_9,
            709.79,
            1e300,
            f64::INFINITY,
            f64::NAN,
        ];
        let y = f64::dispatch_on(lane, Exp(&x));
        assert_eq!(y[..5], [0.0, 0.0, 0.0, 1.0, 1.0], "{lane:?}");
        assert!(y[5].is_finite() && y[5] > 1.79e308, "{lane:?} {}", y[5]);
        assert!(y[6..9].iter().all(|y| *y == f64::INFINITY) && y[9].is_nan(), "{lane:?} {y:?}");
    }
}

#[test]
fn exp_has_the_same_bits_on_all_lanes_that_fuse() {
    /// The hash of what a lane gives.
    fn hash<T: Scalar>(lane: Lane, edges: [f64; 2], bits: fn(T) -> u64) -> u64 {
        let ([low, high], steps) = (edges, 100_000);
        let mut x: Vec<T> = (0..=steps).map(|i| T::of(low + (high - low) * f64::from(i) / f64::from(steps))).collect();
        for edge in edges {
            x.extend((-20..=20).map(|i| T::of(edge) * (T::one() + T::epsilon() * T::of(f64::from(i)))));
        }
        x.extend(SPECIAL.map(T::of));
        // FNV-1a over words; a NaN is any.
        T::dispatch_on(lane, Exp(&x)).iter().fold(0xCBF2_9CE4_8422_2325, |hash, y| {
            (hash ^ if y.is_nan() { u64::MAX } else { bits(*y) }).wrapping_mul(0x0100_0000_01B3)
        })
    }
    // A machine has one lane that fuses, or several: each is held to the bits of all others, also those of other machines.
    for lane in lanes().filter(|lane| *lane != Lane::Portable) {
        let single = hash::<f32>(lane, [-87.336_55, 88.722_84], |y| y.to_bits().into());
        let double = hash::<f64>(lane, [-708.396_418_532_264_1, 709.782_712_893_384], f64::to_bits);
        assert_eq!([single, double], [0x7233_ED7E_8FCA_D481, 0xA780_3F1E_8398_08EA], "{lane:?}");
    }
}

/// Streams `x` to a place that may not be aligned.
struct Streamed<'a, T>(&'a [T], &'a mut [T]);

impl<T: Scalar> Kernel<T> for Streamed<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self(x, y) = self;
        // Twice what is there is added, so that a place that is visited again shows.
        s.stream_each(&mut y[..x.len()], |i, old| s.add(s.load(&x[i..]), s.add(old, old)));
    }
}

/// That a fence stands behind all that this thread has streamed on a lane.
fn assert_fenced(lane: Lane) {
    #[cfg(target_arch = "x86_64")]
    if matches!(lane, Lane::Avx2 | Lane::Avx512) {
        assert!(super::fence::tests::FENCED.replace(false), "{} has streamed without a fence", lane.name());
    }
    let _ = lane;
}

#[test]
fn what_is_streamed_arrives_wherever_it_goes() {
    fn check<T: Scalar>() {
        let x: Vec<T> = (0..48).map(|i| T::of(f64::from(i))).collect();
        for lane in lanes() {
            for offset in 0..17 {
                let mut y = [T::nan(); 80];
                y[offset..offset + 48].fill(T::ZERO);
                T::dispatch_on(lane, Streamed(&x, &mut y[offset..]));
                assert_fenced(lane);
                assert!(y[offset..offset + 48] == x[..], "{} at {offset}", lane.name());
                assert!(y[offset + 48..].iter().chain(&y[..offset]).all(|y| y.is_nan()), "{}", lane.name());
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Streams one vector, then panics.
struct Interrupted<'a>(&'a mut [f32]);

impl Kernel<f32> for Interrupted<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd<f32>>(self, s: S) {
        s.stream_each(self.0, |i, _| {
            assert!(i == 0, "the second vector");
            s.splat(1.0)
        });
    }
}

#[test]
fn a_panic_leaves_what_was_streamed() {
    for lane in lanes() {
        let mut y = crate::Aligned([0.0; 64]);
        let result =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| f32::dispatch_on(lane, Interrupted(&mut y[..]))));
        assert!(result.is_err());
        assert_fenced(lane);
        let written = y.iter().take_while(|y| **y > 0.5).count();
        assert!(written >= 4 && y[written..].iter().all(|y| y.abs() < 0.5), "{}: {y:?}", lane.name());
    }
}

#[test]
#[should_panic(expected = "65 elements are not vectors of 8")]
fn what_is_no_whole_number_of_vectors_is_not_streamed() {
    f32::dispatch_on(Lane::Portable, Interrupted(&mut [0.0; 65]));
}
