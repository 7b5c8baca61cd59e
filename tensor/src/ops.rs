//! Sums, products and scalings of runs of elements, at the lane's full width.

use core::sync::atomic::AtomicBool;
use core::sync::atomic::Ordering::Relaxed;

use crate::matmul::matrix::MatRef;
use crate::parallel::LEAST_PART;
use crate::simd::{Kernel, Map, Reduce, Simd, Zip, map_in_place, reduce, zip};
use crate::{Parallel, Scalar, split_elements, split_rows};

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

/// y ← b·y + a·x, each product rounded by itself: the same bits when `x` and `y` change places.
///
/// ```
/// let mut y = [3.0, 4.0];
/// typednet_tensor::ops::axpby(2.0, &[1.0, -1.0], 0.5, &mut y);
/// assert_eq!(y, [3.5, 0.0]);
/// ```
///
/// # Panics
/// If the lengths differ.
#[inline(never)]
pub fn axpby<T: Scalar>(a: T, x: &[T], b: T, y: &mut [T]) {
    struct Axpby<T>(T, T);
    impl<T: Scalar> Zip<T> for Axpby<T> {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V, y: S::V) -> S::V {
            s.add(s.mul(s.splat(self.1), y), s.mul(s.splat(self.0), x))
        }
    }
    zip(Axpby(a, b), x, y);
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

/// As [`scale`]; each thread takes a part of `x`.
#[inline(never)]
pub fn scale_on<T: Scalar>(a: T, x: &mut [T], par: Parallel<'_>) {
    split_elements(par, x, |_, x| scale(a, x));
}

/// y ← x, each thread a part of it.
///
/// # Panics
/// If the lengths differ.
#[inline(never)]
pub fn copy_on<T: Scalar>(x: &[T], y: &mut [T], par: Parallel<'_>) {
    assert_eq!(x.len(), y.len(), "a copy has the length of what it is of");
    split_elements(par, y, |at, y| y.copy_from_slice(&x[at..at + y.len()]));
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
    let parts = par.parts(x.len(), LEAST_PART.waking_from(16 * LEAST_PART.units));
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

/// `out` ← the sum of the rows of a matrix with as many columns as `out` has elements: the gradient of a bias over a
/// batch.
///
/// Each sum runs from the first row to the last.
///
/// # Panics
/// If `rows` is not a whole number of rows.
#[inline(never)]
pub fn column_sums<T: Scalar>(rows: &[T], out: &mut [T]) {
    column_sums_on(rows, out, Parallel::SERIAL);
}

/// As [`column_sums`]; each thread takes some of the columns, so each sum runs from the first row to the last for any number of
/// them. Where a row is a single cache line, or none, one thread makes all sums.
///
/// # Panics
/// If `rows` is not a whole number of rows.
#[inline(never)]
pub fn column_sums_on<T: Scalar>(rows: &[T], out: &mut [T], par: Parallel<'_>) {
    /// The elements of a cache line: a part of one would be read by two threads.
    const LINE: usize = 16;
    let n = out.len();
    assert!(
        if n == 0 { rows.is_empty() } else { rows.len().is_multiple_of(n) },
        "{} elements are not rows of {n}",
        rows.len()
    );
    if n > 0 {
        let parts = par.parts(rows.len(), LEAST_PART);
        let rows = MatRef::of_rows(rows, n);
        split_rows(par, out, 1, n.div_ceil(parts).next_multiple_of(LINE), |left, out| {
            sums_of_columns(rows.columns(left..left + out.len()), out);
        });
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
            let columns = out.len();
            let mut first = 0;
            while columns - first >= 4 * S::LANES {
                sums_of_vectors::<T, S, 4>(s, matrix, first, out);
                first += 4 * S::LANES;
            }
            match (columns - first) / S::LANES {
                3 => sums_of_vectors::<T, S, 3>(s, matrix, first, out),
                2 => sums_of_vectors::<T, S, 2>(s, matrix, first, out),
                1 => sums_of_vectors::<T, S, 1>(s, matrix, first, out),
                _ => {}
            }
            first = columns / S::LANES * S::LANES;
            if first < columns {
                let mut total = s.splat(T::ZERO);
                for row in 0..matrix.nrows() {
                    total = s.add(total, s.load_part(&matrix.row(row)[first..], T::ZERO));
                }
                s.store_part(total, &mut out[first..]);
            }
        }
    }
    assert_eq!(matrix.ncols(), out.len(), "there must be one sum for each column");
    T::dispatch(ColumnSums(matrix, out));
}

/// The sums of `N` vectors of columns from `first` on, which stay in registers while the rows go by.
#[inline(always)]
fn sums_of_vectors<T: Scalar, S: Simd<T>, const N: usize>(s: S, matrix: MatRef<'_, T>, first: usize, out: &mut [T]) {
    let mut totals = [s.splat(T::ZERO); N];
    for row in 0..matrix.nrows() {
        let row = &matrix.row(row)[first..first + N * S::LANES];
        for (i, total) in totals.iter_mut().enumerate() {
            *total = s.add(*total, s.load(&row[i * S::LANES..]));
        }
    }
    for (i, total) in totals.iter().enumerate() {
        s.store(*total, &mut out[first + i * S::LANES..]);
    }
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
mod tests;
