//! Passes over rows, a vector of columns at a time.

use num_traits::Float;
use typednet_tensor::simd::{Kernel, Row, Simd, columns};
use typednet_tensor::{Parallel, RowParts, Scalar, ops};

use super::EPSILON;
use crate::threads::{by_rows, by_rows_and};

/// Compiles what depends on the scalar only: see `instances.rs`.
pub(crate) fn instances<T: Scalar>() {
    core::hint::black_box([
        forward::<T> as *const (),
        infer::<T> as *const (),
        input_gradient::<T> as *const (),
        scale_gradient::<T> as *const (),
    ]);
}

/// y ← γ ⊙ x·s for each row.
#[inline(never)]
pub(super) fn infer<T: Scalar>(scale: &[T], x: &[T], y: &mut [T], parallel: Parallel<'_>) {
    by_rows(parallel, y, scale.len(), |at, y| {
        T::dispatch(Forward { x: &x[at..at + y.len()], scale, saved: None, y });
    });
}

/// The same, with s = 1/√(q + ε) of each row into `saved`.
#[inline(never)]
pub(super) fn forward<T: Scalar>(scale: &[T], x: &[T], y: &mut [T], saved: &mut [[T; 1]], parallel: Parallel<'_>) {
    by_rows_and(parallel, y, scale.len(), saved, |at, y, saved| {
        T::dispatch(Forward { x: &x[at..at + y.len()], scale, saved: Some(saved), y });
    });
}

/// ∂L/∂γ, by the sums of parts of the rows in `scratch`.
#[inline(never)]
pub(super) fn scale_gradient<T: Scalar>(
    [x, dy]: [&[T]; 2],
    saved: &[[T; 1]],
    of_scale: &mut [T],
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    let n = of_scale.len();
    let parts = RowParts::new(x.len(), n, parallel);
    let sums = parts.sums(n, scratch, parallel, |at, of_scale| {
        let saved = &saved[at.start / n..at.end / n];
        T::dispatch(Sums { x: &x[at.clone()], dy: &dy[at], saved, of_scale });
    });
    of_scale.fill(T::ZERO);
    for sums in sums.chunks_exact(n) {
        ops::add(sums, of_scale);
    }
}

/// ∂L/∂x
#[inline(never)]
pub(super) fn input_gradient<T: Scalar>(
    scale: &[T],
    [x, dy]: [&[T]; 2],
    saved: &[[T; 1]],
    dx: &mut [T],
    parallel: Parallel<'_>,
) {
    let n = scale.len();
    by_rows(parallel, dx, n, |at, dx| {
        let (rows, saved) = (at..at + dx.len(), &saved[at / n..]);
        T::dispatch(InputGradient { x: &x[rows.clone()], dy: &dy[rows], scale, saved, dx });
    });
}

/// 1/√(q + ε) of a row whose squares are beyond the numbers of its type, from numbers that are made smaller first; NaN where
/// an element is not finite.
#[cold]
fn beyond_squares<T: Scalar>(x: &[T]) -> T {
    /// 2⁻⁵⁴⁰, with which the squares of all numbers, and sums of as many as there can be, are finite.
    const SCALE: f64 = f64::from_bits((1023 - 540) << 52);
    let square = |x: &T| (x.to_f64_exact() * SCALE) * (x.to_f64_exact() * SCALE);
    let mean = x.iter().map(square).sum::<f64>() / x.len() as f64;
    let whole = mean / SCALE / SCALE;
    T::of(if whole.is_finite() {
        Float::recip(Float::sqrt(whole + EPSILON))
    } else if mean.is_finite() {
        SCALE / Float::sqrt(mean)
    } else {
        f64::NAN
    })
}

/// y ← γ ⊙ x·s for each row; s = 1/√(q + ε) of each into `saved`, where that is asked for.
struct Forward<'a, T> {
    x: &'a [T],
    scale: &'a [T],
    saved: Option<&'a mut [[T; 1]]>,
    y: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, scale, mut saved, y } = self;
        let n = scale.len();
        let size = T::of(n as f64);
        for (row, (x, y)) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)).enumerate() {
            let mut squares = s.splat(T::ZERO);
            for at in columns(s, n) {
                let x = x.load(at);
                squares = s.add(squares, s.mul(x, x));
            }
            let mean = s.sum(squares) / size;
            let inverse = if mean.is_finite() { (mean + T::of(EPSILON)).sqrt().recip() } else { beyond_squares(x) };
            let inv = s.splat(inverse);
            for at in columns(s, n) {
                let normalised = s.mul(x.load(at), inv);
                y.store(at, s.mul(normalised, scale.load(at)));
            }
            if let Some(saved) = saved.as_deref_mut() {
                saved[row] = [inverse];
            }
        }
    }
}

/// ∂L/∂γ over some rows; see `backward` of the layer.
struct Sums<'a, T> {
    x: &'a [T],
    dy: &'a [T],
    saved: &'a [[T; 1]],
    of_scale: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Sums<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, dy, saved, of_scale } = self;
        let n = of_scale.len();
        of_scale.fill(T::ZERO);
        let blocks =
            x.chunks(RowParts::BLOCK * n).zip(dy.chunks(RowParts::BLOCK * n)).zip(saved.chunks(RowParts::BLOCK));
        for ((x, dy), saved) in blocks {
            for at in columns(s, n) {
                let mut scales = s.splat(T::ZERO);
                for ((x, dy), [inverse]) in x.chunks_exact(n).zip(dy.chunks_exact(n)).zip(saved) {
                    let normalised = s.mul(x.load(at), s.splat(*inverse));
                    scales = s.add(scales, s.mul(dy.load(at), normalised));
                }
                of_scale.store(at, s.add(of_scale.load(at), scales));
            }
        }
    }
}

/// ∂L/∂x of some rows; see `backward` of the layer.
struct InputGradient<'a, T> {
    x: &'a [T],
    dy: &'a [T],
    scale: &'a [T],
    saved: &'a [[T; 1]],
    dx: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for InputGradient<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, dy, scale, saved, dx } = self;
        let n = scale.len();
        let size = T::of(n as f64);
        let rows = x.chunks_exact(n).zip(dy.chunks_exact(n)).zip(dx.chunks_exact_mut(n)).zip(saved);
        for (((x, dy), dx), [inverse]) in rows {
            let inv = s.splat(*inverse);
            let part = |at| {
                let (gamma, dy) = (scale.load(at), dy.load(at));
                (s.mul(dy, gamma), s.mul(x.load(at), inv))
            };
            let mut product = s.splat(T::ZERO);
            for at in columns(s, n) {
                let (g, normalised) = part(at);
                product = s.add(product, s.mul(g, normalised));
            }
            let product = s.splat(s.sum(product) / size);
            for at in columns(s, n) {
                let (g, normalised) = part(at);
                dx.store(at, s.mul(inv, s.sub(g, s.mul(normalised, product))));
            }
        }
    }
}
