//! Sums, products and scalings of runs of elements, at the lane's full width.

use core::sync::atomic::AtomicBool;
use core::sync::atomic::Ordering::Relaxed;

use crate::matmul::matrix::MatRef;
use crate::simd::{Kernel, Map, Reduce, Simd, Zip, map_in_place, reduce, zip};
use crate::{Parallel, Scalar};

/// y ← y + a·x
///
/// # Panics
/// If the lengths differ.
#[inline(never)]
pub fn axpy<T: Scalar>(a: T, x: &[T], y: &mut [T]) {
    struct Axpy<T>(T);
    impl<T: Scalar> Zip<T> for Axpy<T> {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V, y: S::V) -> S::V {
            s.mul_add(s.splat(self.0), x, y)
        }
    }
    zip(Axpy(a), x, y);
}

/// x ← a·x
#[inline(never)]
pub fn scale<T: Scalar>(a: T, x: &mut [T]) {
    struct Scale<T>(T);
    impl<T: Scalar> Map<T> for Scale<T> {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V) -> S::V {
            s.mul(s.splat(self.0), x)
        }
    }
    map_in_place(Scale(a), x);
}

/// y ← y + x
///
/// # Panics
/// If the lengths differ.
#[inline(never)]
pub fn add<T: Scalar>(x: &[T], y: &mut [T]) {
    struct Add;
    impl<T> Zip<T> for Add {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V, y: S::V) -> S::V {
            s.add(y, x)
        }
    }
    zip(Add, x, y);
}

/// y ← y − x
///
/// # Panics
/// If the lengths differ.
#[inline(never)]
pub fn sub<T: Scalar>(x: &[T], y: &mut [T]) {
    struct Sub;
    impl<T> Zip<T> for Sub {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V, y: S::V) -> S::V {
            s.sub(y, x)
        }
    }
    zip(Sub, x, y);
}

/// y ← y ⊙ x, element by element.
///
/// # Panics
/// If the lengths differ.
#[inline(never)]
pub fn mul<T: Scalar>(x: &[T], y: &mut [T]) {
    struct Mul;
    impl<T> Zip<T> for Mul {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V, y: S::V) -> S::V {
            s.mul(y, x)
        }
    }
    zip(Mul, x, y);
}

/// Σ xᵢ·yᵢ
///
/// ```
/// assert_eq!(typednet_tensor::ops::dot(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 32.0);
/// ```
///
/// # Panics
/// If the lengths differ.
#[inline(never)]
pub fn dot<T: Scalar>(x: &[T], y: &[T]) -> T {
    struct Dot<'a, T>(&'a [T], &'a [T]);
    impl<T: Scalar> Kernel<T> for Dot<'_, T> {
        type Output = T;
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) -> T {
            let Self(x, y) = self;
            // Four running totals hide the latency of the sum.
            let mut totals = [s.splat(T::zero()); 4];
            let mut x_quads = x.chunks_exact(4 * S::LANES);
            let mut y_quads = y.chunks_exact(4 * S::LANES);
            for (x, y) in (&mut x_quads).zip(&mut y_quads) {
                for (i, total) in totals.iter_mut().enumerate() {
                    *total = s.mul_add(s.load(&x[i * S::LANES..]), s.load(&y[i * S::LANES..]), *total);
                }
            }
            let [mut a, b, c, d] = totals;
            let (x, y) = (x_quads.remainder(), y_quads.remainder());
            for (x, y) in x.chunks(S::LANES).zip(y.chunks(S::LANES)) {
                a = s.mul_add(s.load_part(x, T::zero()), s.load_part(y, T::zero()), a);
            }
            s.sum(s.add(s.add(a, b), s.add(c, d)))
        }
    }
    assert_eq!(x.len(), y.len(), "dot needs two runs of one length");
    T::dispatch(Dot(x, y))
}

/// Σ xᵢ
#[inline(never)]
pub fn sum<T: Scalar>(x: &[T]) -> T {
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
    reduce(Sum, x)
}

/// Σ xᵢ²
pub fn sum_squares<T: Scalar>(x: &[T]) -> T {
    dot(x, x)
}

/// The largest element; −∞ for no elements. Elements that are not numbers may or may not be seen.
#[inline(never)]
pub fn largest<T: Scalar>(x: &[T]) -> T {
    struct Largest;
    impl<T: Scalar> Reduce<T> for Largest {
        const START: T = T::LOWEST;
        #[inline(always)]
        fn join<S: Simd<T>>(&self, s: S, total: S::V, x: S::V) -> S::V {
            s.max(x, total)
        }
        #[inline(always)]
        fn finish<S: Simd<T>>(&self, s: S, total: S::V) -> T {
            s.largest(total)
        }
    }
    reduce(Largest, x)
}

/// Whether no element is NaN or infinite.
///
/// ```
/// use typednet_tensor::ops::all_finite;
///
/// assert!(all_finite(&[1.0_f32, -3e38]));
/// assert!(!all_finite(&[1.0, f64::INFINITY]));
/// ```
#[inline(never)]
pub fn all_finite<T: Scalar>(x: &[T]) -> bool {
    struct TimesZero;
    impl<T: Scalar> Reduce<T> for TimesZero {
        const START: T = T::ZERO;
        #[inline(always)]
        fn join<S: Simd<T>>(&self, s: S, total: S::V, x: S::V) -> S::V {
            s.mul_add(x, s.splat(T::ZERO), total)
        }
        #[inline(always)]
        fn finish<S: Simd<T>>(&self, s: S, total: S::V) -> T {
            s.sum(total)
        }
    }
    // 0·x is 0 for a finite x and NaN for any other, and NaN stays in a sum.
    reduce(TimesZero, x) == T::ZERO
}

/// As [`all_finite`]; each thread looks at a part of `x`.
#[inline(never)]
pub fn all_finite_on<T: Scalar>(x: &[T], par: Parallel<'_>) -> bool {
    let parts = par.threads().min(x.len() / LEAST_PART);
    if parts < 2 {
        return all_finite(x);
    }
    let len = x.len().div_ceil(parts).next_multiple_of(64);
    let finite = AtomicBool::new(true);
    par.run(x.len().div_ceil(len), &|part| {
        if !all_finite(&x[part * len..x.len().min((part + 1) * len)]) {
            finite.store(false, Relaxed);
        }
    });
    finite.into_inner()
}

/// The fewest elements that are worth another thread.
const LEAST_PART: usize = 8192;

/// `out` ← the sum of the rows of a matrix with as many columns as `out` has elements: the gradient of a bias over a
/// batch.
///
/// Each sum runs from the first row to the last.
///
/// # Panics
/// If `rows` is not a whole number of rows.
#[inline(never)]
pub fn column_sums<T: Scalar>(rows: &[T], out: &mut [T]) {
    let n = out.len();
    assert!(
        if n == 0 { rows.is_empty() } else { rows.len().is_multiple_of(n) },
        "{} elements are not rows of {n}",
        rows.len()
    );
    if n > 0 {
        sums_of_columns(MatRef::of_rows(rows, n), out);
    }
}

/// `out` ← the sums of the columns of a matrix, whose rows are slices.
#[inline(never)]
pub(crate) fn sums_of_columns<T: Scalar>(matrix: MatRef<'_, T>, out: &mut [T]) {
    struct ColumnSums<'a, T>(MatRef<'a, T>, &'a mut [T]);
    impl<T: Scalar> Kernel<T> for ColumnSums<'_, T> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) {
            let Self(matrix, out) = self;
            let (rows, columns) = (matrix.nrows(), out.len());
            let mut first = 0;
            // Four vectors at a time stay in registers while the rows go by.
            while columns - first >= 4 * S::LANES {
                let mut totals = [s.splat(T::ZERO); 4];
                for row in 0..rows {
                    let row = &matrix.row(row)[first..first + 4 * S::LANES];
                    for (i, total) in totals.iter_mut().enumerate() {
                        *total = s.add(*total, s.load(&row[i * S::LANES..]));
                    }
                }
                for (i, total) in totals.iter().enumerate() {
                    s.store(*total, &mut out[first + i * S::LANES..]);
                }
                first += 4 * S::LANES;
            }
            while first < columns {
                let end = columns.min(first + S::LANES);
                let mut total = s.splat(T::ZERO);
                for row in 0..rows {
                    total = s.add(total, s.load_part(&matrix.row(row)[first..end], T::ZERO));
                }
                s.store_part(total, &mut out[first..end]);
                first = end;
            }
        }
    }
    assert_eq!(matrix.ncols(), out.len(), "there must be one sum for each column");
    T::dispatch(ColumnSums(matrix, out));
}

/// `out` ← the largest element of each of as many rows as `out` has elements.
///
/// # Panics
/// If the elements of `rows` cannot be cut into that many rows of one length.
#[inline(never)]
pub fn row_largest<T: Scalar>(rows: &[T], out: &mut [T]) {
    if out.is_empty() {
        return assert!(rows.is_empty(), "row_largest needs one output for each row");
    }
    assert!(rows.len().is_multiple_of(out.len()), "{} elements are not {} rows", rows.len(), out.len());
    let n = rows.len() / out.len();
    for (i, out) in out.iter_mut().enumerate() {
        *out = largest(&rows[i * n..(i + 1) * n]);
    }
}

/// Tells the processor that `x` will be read soon, so that it can fetch the first [`PREFETCHED`] bytes in the meantime.
///
/// Rows that are gathered in a random order are not foreseen by the processor itself.
#[inline]
pub fn prefetch<T>(x: &T) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..size_of::<T>().min(PREFETCHED)).step_by(64) {
        // SAFETY: every such processor has SSE; a prefetch reads nothing that the program sees.
        unsafe {
            use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            _mm_prefetch::<_MM_HINT_T0>(core::ptr::from_ref(x).cast::<i8>().wrapping_add(line));
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = x;
}

/// The most bytes that [`prefetch`] asks for: behind so many the processor foresees the rest.
pub const PREFETCHED: usize = 1024;

/// `out` ← `scale`·`bytes`: pixels as numbers.
///
/// # Panics
/// If the lengths differ.
#[inline(never)]
pub fn widen<T: Scalar>(bytes: &[u8], scale: T, out: &mut [T]) {
    struct Widen<'a, T>(&'a [u8], T, &'a mut [T]);
    impl<T: Scalar> Kernel<T> for Widen<'_, T> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) {
            let Self(bytes, scale, out) = self;
            let scale = s.splat(scale);
            let whole = bytes.len() / S::LANES * S::LANES;
            let (bytes, bytes_rest) = bytes.split_at(whole);
            let (out, out_rest) = out.split_at_mut(whole);
            for (bytes, out) in bytes.chunks_exact(S::LANES).zip(out.chunks_exact_mut(S::LANES)) {
                s.store(s.mul(s.widen(bytes), scale), out);
            }
            if !bytes_rest.is_empty() {
                let mut last = [0; 64];
                last[..bytes_rest.len()].copy_from_slice(bytes_rest);
                s.store_part(s.mul(s.widen(&last), scale), out_rest);
            }
        }
    }
    assert_eq!(bytes.len(), out.len(), "widen needs one output for each byte");
    T::dispatch(Widen(bytes, scale, out));
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTHS: [usize; 12] = [0, 1, 3, 7, 8, 9, 16, 17, 31, 64, 67, 200];

    fn numbers(len: usize, seed: u64) -> Vec<f64> {
        (0..len).map(|i| crate::Key::new(seed).uniform::<f64>(i as u64) - 0.5).collect()
    }

    #[test]
    fn in_place_operations_follow_their_formulas() {
        for len in LENGTHS {
            let (x, y) = (numbers(len, 1), numbers(len, 2));
            let check = |name: &str, f: &dyn Fn(&mut [f64]), formula: &dyn Fn(f64, f64) -> f64| {
                let mut out = y.clone();
                f(&mut out);
                for i in 0..len {
                    let wanted = formula(x[i], y[i]);
                    assert!((out[i] - wanted).abs() <= 1e-15, "{name}, length {len}, place {i}: {} {wanted}", out[i]);
                }
            };
            check("axpy", &|y| axpy(3.0, &x, y), &|x, y| y + 3.0 * x);
            check("scale", &|y| scale(0.25, y), &|_, y| 0.25 * y);
            check("add", &|y| add(&x, y), &|x, y| y + x);
            check("sub", &|y| sub(&x, y), &|x, y| y - x);
            check("mul", &|y| mul(&x, y), &|x, y| y * x);
        }
    }

    #[test]
    fn sums_follow_their_formulas() {
        for len in LENGTHS {
            let (x, y) = (numbers(len, 1), numbers(len, 2));
            let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-13, "length {len}: {a} {b}");
            near(dot(&x, &y), x.iter().zip(&y).map(|(x, y)| x * y).sum());
            near(sum(&x), x.iter().sum());
            near(sum_squares(&x), x.iter().map(|x| x * x).sum());
            let wanted = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            assert_eq!(largest(&x).to_bits(), wanted.to_bits(), "length {len}");
        }
    }

    #[test]
    fn one_bad_element_anywhere_is_found() {
        for len in LENGTHS {
            let mut x: Vec<f32> = numbers(len, 1).into_iter().map(|x| x as f32 * 3e38 * 2.0).collect();
            assert!(all_finite(&x), "length {len}");
            for i in 0..len {
                let good = x[i];
                for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                    x[i] = bad;
                    assert!(!all_finite(&x), "{bad} at place {i} of {len}");
                }
                x[i] = good;
            }
        }
    }

    #[test]
    fn columns_and_rows() {
        for n in LENGTHS {
            for m in [0, 1, 2, 5] {
                let rows = numbers(m * n, 3);
                let mut sums = vec![f64::NAN; n];
                column_sums(&rows, &mut sums);
                for j in 0..n {
                    // The same order of summation: the same bits.
                    let wanted = (0..m).fold(0.0, |sum, i| sum + rows[i * n + j]);
                    assert_eq!(sums[j].to_bits(), wanted.to_bits(), "{m}x{n}, column {j}");
                }
                let mut most = vec![f64::NAN; m];
                row_largest(&rows, &mut most);
                for i in 0..m {
                    let wanted = rows[i * n..][..n].iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    assert_eq!(most[i].to_bits(), wanted.to_bits(), "{m}x{n}, row {i}");
                }
            }
        }
    }

    #[test]
    fn bytes_become_numbers() {
        let bytes: Vec<u8> = (0..=255).collect();
        for len in [0, 1, 2, 7, 8, 9, 15, 16, 17, 33, 256] {
            let mut out = vec![f32::NAN; len];
            widen(&bytes[256 - len..], 1.0 / 255.0, &mut out);
            for (byte, out) in bytes[256 - len..].iter().zip(&out) {
                assert_eq!(out.to_bits(), (f32::from(*byte) * (1.0 / 255.0)).to_bits());
            }
            let mut out = vec![f64::NAN; len];
            widen(&bytes[..len], 1.0, &mut out);
            assert!(bytes.iter().zip(&out).all(|(byte, out)| f64::from(*byte).to_bits() == out.to_bits()));
        }
    }

    #[test]
    fn threads_find_what_is_not_finite_wherever_it_stands() {
        struct Threads(usize);
        // SAFETY: every part runs once, before `run` returns.
        unsafe impl crate::Pool for Threads {
            fn threads(&self) -> usize {
                self.0
            }
            fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
                (0..parts).rev().for_each(part);
            }
        }
        let mut x = vec![1.0_f32; 5 * LEAST_PART + 3];
        for threads in [1, 2, 3, 4] {
            let pool = Threads(threads);
            let found = |x: &[f32]| all_finite_on(x, Parallel::on(&pool));
            assert!(found(&x) && found(&x[..10]) && found(&[]));
            for place in (0..x.len()).step_by(997).chain([x.len() - 1]) {
                x[place] = f32::NAN;
                assert!(!found(&x), "place {place} on {threads} threads");
                x[place] = 1.0;
            }
        }
    }

    #[test]
    fn prefetching_leaves_everything_as_it_is() {
        let bytes = [7_u8; 3000];
        prefetch(&bytes);
        prefetch(&());
        assert_eq!(bytes, [7; 3000]);
    }

    #[test]
    #[should_panic(expected = "zip needs two runs of one length")]
    fn other_lengths_are_refused() {
        axpy(1.0, &[1.0, 2.0], &mut [1.0]);
    }
}
