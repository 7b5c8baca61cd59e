//! Passes over rows, a vector of columns at a time.

use typednet_tensor::simd::{Kernel, Row, Simd, columns};
use typednet_tensor::{Parallel, RowParts, Scalar, ops};

use super::EPSILON;
use crate::moments::beyond_squares;
use crate::threads::{by_rows, by_rows_and};

/// Compiles what depends on the scalar only: see `instances.rs`.
pub(crate) fn instances<T: Scalar>() {
    core::hint::black_box([
        forward::<T> as *const (),
        infer::<T> as *const (),
        input_gradient::<T> as *const (),
        parameter_gradients::<T> as *const (),
    ]);
}

/// y ← γ ⊙ (x − μ)·s + β for each row.
#[inline(never)]
pub(super) fn infer<T: Scalar>([scale, bias]: [&[T]; 2], x: &[T], y: &mut [T], parallel: Parallel<'_>) {
    by_rows(parallel, y, scale.len(), |at, y| {
        T::dispatch(Forward { x: &x[at..at + y.len()], scale, bias, saved: None, y });
    });
}

/// The same, with μ and s = 1/√(σ² + ε) of each row into `saved`.
#[inline(never)]
pub(super) fn forward<T: Scalar>(
    [scale, bias]: [&[T]; 2],
    x: &[T],
    y: &mut [T],
    saved: &mut [[T; 2]],
    parallel: Parallel<'_>,
) {
    by_rows_and(parallel, y, scale.len(), saved, |at, y, saved| {
        T::dispatch(Forward { x: &x[at..at + y.len()], scale, bias, saved: Some(saved), y });
    });
}

/// ∂L/∂γ and ∂L/∂β, by the sums of parts of the rows in `scratch`.
#[inline(never)]
pub(super) fn parameter_gradients<T: Scalar>(
    [x, dy]: [&[T]; 2],
    saved: &[[T; 2]],
    [of_scale, of_bias]: [&mut [T]; 2],
    scratch: &mut [T],
    parallel: Parallel<'_>,
) {
    let n = of_scale.len();
    let parts = RowParts::new(x.len(), n, parallel);
    let sums = parts.sums(2 * n, scratch, parallel, |at, sums| {
        let (of_scale, of_bias) = sums.split_at_mut(n);
        let saved = &saved[at.start / n..at.end / n];
        T::dispatch(Sums { x: &x[at.clone()], dy: &dy[at], saved, of_scale, of_bias });
    });
    of_scale.fill(T::ZERO);
    of_bias.fill(T::ZERO);
    for sums in sums.chunks_exact(2 * n) {
        ops::add(&sums[..n], of_scale);
        ops::add(&sums[n..], of_bias);
    }
}

/// ∂L/∂x
#[inline(never)]
pub(super) fn input_gradient<T: Scalar>(
    scale: &[T],
    [x, dy]: [&[T]; 2],
    saved: &[[T; 2]],
    dx: &mut [T],
    parallel: Parallel<'_>,
) {
    let n = scale.len();
    by_rows(parallel, dx, n, |at, dx| {
        let (rows, saved) = (at..at + dx.len(), &saved[at / n..]);
        T::dispatch(InputGradient { x: &x[rows.clone()], dy: &dy[rows], scale, saved, dx });
    });
}

/// y ← γ ⊙ (x − μ)·s + β for each row; μ and s = 1/√(σ² + ε) of each into `saved`, where that is asked for.
struct Forward<'a, T> {
    x: &'a [T],
    scale: &'a [T],
    bias: &'a [T],
    saved: Option<&'a mut [[T; 2]]>,
    y: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, scale, bias, mut saved, y } = self;
        let n = scale.len();
        let size = T::of(n as f64);
        for (row, (x, y)) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)).enumerate() {
            let mut sum = s.splat(T::ZERO);
            for at in columns(s, n) {
                sum = s.add(sum, x.load(at));
            }
            let mean = s.sum(sum) / size;
            let mu = s.splat(mean);
            let mut squares = s.splat(T::ZERO);
            for at in columns(s, n) {
                // The mean behind the row's end: its distance is 0.
                let distance = s.sub(x.load_or(at, mean), mu);
                squares = s.add(squares, s.mul(distance, distance));
            }
            let variance = s.sum(squares) / size;
            let [mean, inverse] = if variance.is_finite() {
                [mean, (variance + T::of(EPSILON)).sqrt().recip()]
            } else {
                beyond_squares(x.iter().copied(), EPSILON)
            };
            let (mu, inv) = (s.splat(mean), s.splat(inverse));
            for at in columns(s, n) {
                let normalised = s.mul(s.sub(x.load(at), mu), inv);
                let (gamma, beta) = (scale.load(at), bias.load(at));
                y.store(at, s.add(s.mul(normalised, gamma), beta));
            }
            if let Some(saved) = saved.as_deref_mut() {
                saved[row] = [mean, inverse];
            }
        }
    }
}

/// ∂L/∂γ and ∂L/∂β over some rows; see `backward` of the layer.
struct Sums<'a, T> {
    x: &'a [T],
    dy: &'a [T],
    saved: &'a [[T; 2]],
    of_scale: &'a mut [T],
    of_bias: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Sums<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, dy, saved, of_scale, of_bias } = self;
        let n = of_scale.len();
        of_scale.fill(T::ZERO);
        of_bias.fill(T::ZERO);
        let blocks =
            x.chunks(RowParts::BLOCK * n).zip(dy.chunks(RowParts::BLOCK * n)).zip(saved.chunks(RowParts::BLOCK));
        for ((x, dy), saved) in blocks {
            for at in columns(s, n) {
                let [mut scales, mut biases] = [s.splat(T::ZERO); 2];
                for ((x, dy), [mean, inverse]) in x.chunks_exact(n).zip(dy.chunks_exact(n)).zip(saved) {
                    let distance = s.sub(x.load(at), s.splat(*mean));
                    let dy = dy.load(at);
                    scales = s.add(scales, s.mul(s.mul(dy, distance), s.splat(*inverse)));
                    biases = s.add(biases, dy);
                }
                of_scale.store(at, s.add(of_scale.load(at), scales));
                of_bias.store(at, s.add(of_bias.load(at), biases));
            }
        }
    }
}

/// ∂L/∂x of some rows; see `backward` of the layer.
struct InputGradient<'a, T> {
    x: &'a [T],
    dy: &'a [T],
    scale: &'a [T],
    saved: &'a [[T; 2]],
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
        for (((x, dy), dx), [mean, inverse]) in rows {
            let (mu, inv) = (s.splat(*mean), s.splat(*inverse));
            let [mut sum, mut product] = [s.splat(T::ZERO); 2];
            for at in columns(s, n) {
                let (gamma, dy) = (scale.load(at), dy.load(at));
                let (g, distance) = (s.mul(dy, gamma), s.sub(x.load_or(at, *mean), mu));
                sum = s.add(sum, g);
                product = s.add(product, s.mul(s.mul(g, distance), inv));
            }
            let (sum, product) = (s.splat(s.sum(sum) / size), s.splat(s.sum(product) / size));
            for at in columns(s, n) {
                let (gamma, dy) = (scale.load(at), dy.load(at));
                let normalised = s.mul(s.sub(x.load(at), mu), inv);
                let rest = s.sub(s.sub(s.mul(dy, gamma), sum), s.mul(normalised, product));
                dx.store(at, s.mul(inv, rest));
            }
        }
    }
}
