//! Passes over rows, a vector of features at a time.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Kernel, Simd};

use crate::vectors::{BLOCK, columns, load, store};

/// ε
pub(super) const EPSILON: f64 = 1e-5;

/// y ← γ ⊙ (x − μ)·s + β with the batch's own μ and s = 1/√(σ² + ε), which are left in `mean` and `inverse`.
pub(super) struct Forward<'a, T> {
    pub(super) x: &'a [T],
    pub(super) scale: &'a [T],
    pub(super) bias: &'a [T],
    pub(super) mean: &'a mut [T],
    pub(super) inverse: &'a mut [T],
    pub(super) y: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Forward<'_, T> {
    type Output = ();

    /// A vector of features at a time goes through all rows: three passes, since Σx²/m − μ² would cancel.
    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, scale, bias, mean, inverse, y } = self;
        let n = scale.len();
        let rows = s.splat(T::of((x.len() / n) as f64));
        for at in columns(s, n) {
            let mut sum = s.splat(T::ZERO);
            for x in x.chunks(BLOCK * n) {
                let mut part = s.splat(T::ZERO);
                for x in x.chunks_exact(n) {
                    part = s.add(part, load(s, &x[at.clone()], T::ZERO));
                }
                sum = s.add(sum, part);
            }
            let mu = s.div(sum, rows);
            let mut squares = s.splat(T::ZERO);
            for x in x.chunks(BLOCK * n) {
                let mut part = s.splat(T::ZERO);
                for x in x.chunks_exact(n) {
                    let distance = s.sub(load(s, &x[at.clone()], T::ZERO), mu);
                    part = s.add(part, s.mul(distance, distance));
                }
                squares = s.add(squares, part);
            }
            let deviation = s.sqrt(s.add(s.div(squares, rows), s.splat(T::of(EPSILON))));
            // Where the variance is not finite, 1/∞ would make all rows alike without a word.
            let inv = s.div(s.splat(T::one()), deviation);
            let inv = s.select(s.lt(deviation, s.splat(T::infinity())), inv, s.splat(T::nan()));
            let (gamma, beta) = (load(s, &scale[at.clone()], T::ZERO), load(s, &bias[at.clone()], T::ZERO));
            for (x, y) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)) {
                let normalised = s.mul(s.sub(load(s, &x[at.clone()], T::ZERO), mu), inv);
                store(s, s.add(s.mul(normalised, gamma), beta), &mut y[at.clone()]);
            }
            store(s, mu, &mut mean[at.clone()]);
            store(s, inv, &mut inverse[at]);
        }
    }
}

/// y ← γ ⊙ (x − μ)/√(σ² + ε) + β with the running μ and σ².
pub(super) struct Apply<'a, T> {
    pub(super) x: &'a [T],
    pub(super) scale: &'a [T],
    pub(super) bias: &'a [T],
    pub(super) mean: &'a [T],
    pub(super) variance: &'a [T],
    pub(super) y: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Apply<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, scale, bias, mean, variance, y } = self;
        let n = scale.len();
        for at in columns(s, n) {
            let (gamma, beta) = (load(s, &scale[at.clone()], T::ZERO), load(s, &bias[at.clone()], T::ZERO));
            let (mu, sigma) = (load(s, &mean[at.clone()], T::ZERO), load(s, &variance[at.clone()], T::ZERO));
            let deviation = s.sqrt(s.add(sigma, s.splat(T::of(EPSILON))));
            for (x, y) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)) {
                let distance = s.sub(load(s, &x[at.clone()], T::ZERO), mu);
                store(s, s.add(s.mul(s.div(distance, deviation), gamma), beta), &mut y[at.clone()]);
            }
        }
    }
}

/// ∂L/∂γ, ∂L/∂β, the statistics for the running ones, and ∂L/∂x; see [`Layer::backward`] of the layer.
pub(super) struct Backward<'a, T> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) scale: &'a [T],
    pub(super) mean: &'a [T],
    pub(super) inverse: &'a [T],
    pub(super) of_scale: &'a mut [T],
    pub(super) of_bias: &'a mut [T],
    /// The unbiased variance; left alone where there is one row.
    pub(super) variance: &'a mut [T],
    pub(super) dx: Option<&'a mut [T]>,
}

impl<T: Scalar> Kernel<T> for Backward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, dy, scale, mean, inverse, of_scale, of_bias, variance, mut dx } = self;
        let n = scale.len();
        let count = x.len() / n;
        let (rows, others) = (s.splat(T::of(count as f64)), s.splat(T::of(count as f64) - T::one()));
        for at in columns(s, n) {
            let (mu, inv) = (load(s, &mean[at.clone()], T::ZERO), load(s, &inverse[at.clone()], T::ZERO));
            let gamma = load(s, &scale[at.clone()], T::ZERO);
            let [mut scales, mut biases, mut squares] = [s.splat(T::ZERO); 3];
            for (x, dy) in x.chunks(BLOCK * n).zip(dy.chunks(BLOCK * n)) {
                let mut parts = [s.splat(T::ZERO); 3];
                for (x, dy) in x.chunks_exact(n).zip(dy.chunks_exact(n)) {
                    let distance = s.sub(load(s, &x[at.clone()], T::ZERO), mu);
                    let dy = load(s, &dy[at.clone()], T::ZERO);
                    parts[0] = s.add(parts[0], s.mul(s.mul(dy, distance), inv));
                    parts[1] = s.add(parts[1], dy);
                    parts[2] = s.add(parts[2], s.mul(distance, distance));
                }
                [scales, biases, squares] =
                    [s.add(scales, parts[0]), s.add(biases, parts[1]), s.add(squares, parts[2])];
            }
            store(s, scales, &mut of_scale[at.clone()]);
            store(s, biases, &mut of_bias[at.clone()]);
            if count > 1 {
                store(s, s.div(squares, others), &mut variance[at.clone()]);
            }
            let Some(dx) = dx.as_deref_mut() else { continue };
            let (factor, of_bias, of_scale) = (s.mul(gamma, inv), s.div(biases, rows), s.div(scales, rows));
            for ((x, dy), dx) in x.chunks_exact(n).zip(dy.chunks_exact(n)).zip(dx.chunks_exact_mut(n)) {
                let normalised = s.mul(s.sub(load(s, &x[at.clone()], T::ZERO), mu), inv);
                let dy = load(s, &dy[at.clone()], T::ZERO);
                let rest = s.sub(s.sub(dy, of_bias), s.mul(normalised, of_scale));
                store(s, s.mul(factor, rest), &mut dx[at.clone()]);
            }
        }
    }
}

/// ∂L/∂γ and ∂L/∂β where they are asked for, and ∂L/∂x, for statistics that do not follow from x: with x̂ = (x − μ)·s, they are
/// Σ ∂L/∂y ⊙ x̂, Σ ∂L/∂y and γ·s·∂L/∂y.
pub(super) struct FixedBackward<'a, T> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) scale: &'a [T],
    pub(super) mean: &'a [T],
    pub(super) variance: &'a [T],
    pub(super) gradients: Option<[&'a mut [T]; 2]>,
    pub(super) dx: Option<&'a mut [T]>,
}

impl<T: Scalar> Kernel<T> for FixedBackward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, dy, scale, mean, variance, mut gradients, mut dx } = self;
        let n = scale.len();
        for at in columns(s, n) {
            let (gamma, mu) = (load(s, &scale[at.clone()], T::ZERO), load(s, &mean[at.clone()], T::ZERO));
            // Behind the last feature as before it: 1/√ε is a number.
            let sigma = load(s, &variance[at.clone()], T::ZERO);
            let inv = s.div(s.splat(T::one()), s.sqrt(s.add(sigma, s.splat(T::of(EPSILON)))));
            if let Some([of_scale, of_bias]) = &mut gradients {
                let [mut scales, mut biases] = [s.splat(T::ZERO); 2];
                for (x, dy) in x.chunks(BLOCK * n).zip(dy.chunks(BLOCK * n)) {
                    let mut parts = [s.splat(T::ZERO); 2];
                    for (x, dy) in x.chunks_exact(n).zip(dy.chunks_exact(n)) {
                        let distance = s.sub(load(s, &x[at.clone()], T::ZERO), mu);
                        let dy = load(s, &dy[at.clone()], T::ZERO);
                        parts[0] = s.add(parts[0], s.mul(s.mul(dy, distance), inv));
                        parts[1] = s.add(parts[1], dy);
                    }
                    [scales, biases] = [s.add(scales, parts[0]), s.add(biases, parts[1])];
                }
                store(s, scales, &mut of_scale[at.clone()]);
                store(s, biases, &mut of_bias[at.clone()]);
            }
            let Some(dx) = dx.as_deref_mut() else { continue };
            let factor = s.mul(gamma, inv);
            for (dy, dx) in dy.chunks_exact(n).zip(dx.chunks_exact_mut(n)) {
                store(s, s.mul(factor, load(s, &dy[at.clone()], T::ZERO)), &mut dx[at.clone()]);
            }
        }
    }
}
