//! Passes over one image, a vector of channels at a time.

use typednet_tensor::simd::{Kernel, Row, Simd, columns};
use typednet_tensor::{RowParts, Scalar};

use crate::moments::beyond_squares;

/// ε
pub(super) const EPSILON: f64 = 1e-5;

/// Compiles what depends on the scalar only: see `instances.rs`.
pub(crate) fn instances<T: Scalar>() {
    core::hint::black_box([
        backward::<T> as *const (),
        normalise::<T> as *const (),
        statistics::<T> as *const (),
        sums::<T> as *const (),
    ]);
}

/// Runs [`Statistics`].
#[inline(never)]
pub(super) fn statistics<T: Scalar>(pass: Statistics<'_, T>) {
    T::dispatch(pass);
}

/// Runs [`Normalise`].
#[inline(never)]
pub(super) fn normalise<T: Scalar>(pass: Normalise<'_, T>) {
    T::dispatch(pass);
}

/// Runs [`Sums`].
#[inline(never)]
pub(super) fn sums<T: Scalar>(pass: Sums<'_, T>) {
    T::dispatch(pass);
}

/// Runs [`Backward`].
#[inline(never)]
pub(super) fn backward<T: Scalar>(pass: Backward<'_, T>) {
    T::dispatch(pass);
}

/// μ and 1/√(σ² + ε) of each group, written for each of its channels.
pub(super) struct Statistics<'a, T> {
    pub(super) x: &'a [T],
    /// The channels of a group.
    pub(super) in_group: usize,
    pub(super) mean: &'a mut [T],
    pub(super) inverse: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Statistics<'_, T> {
    type Output = ();

    /// Two passes over the pixels, since Σx²/m − μ² would cancel.
    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, in_group, mean, inverse } = self;
        let n = mean.len();
        let size = T::of((x.len() / n * in_group) as f64);
        for at in columns(s, n) {
            let mut sum = s.splat(T::ZERO);
            for x in x.chunks(RowParts::BLOCK * n) {
                let mut part = s.splat(T::ZERO);
                for x in x.chunks_exact(n) {
                    part = s.add(part, x.load(at));
                }
                sum = s.add(sum, part);
            }
            mean.store(at, sum);
        }
        for group in mean.chunks_exact_mut(in_group) {
            let sum = group.iter().fold(T::ZERO, |sum, x| sum + *x);
            group.fill(sum / size);
        }
        for at in columns(s, n) {
            let (mu, mut squares) = (mean.load(at), s.splat(T::ZERO));
            for x in x.chunks(RowParts::BLOCK * n) {
                let mut part = s.splat(T::ZERO);
                for x in x.chunks_exact(n) {
                    let distance = s.sub(x.load(at), mu);
                    part = s.add(part, s.mul(distance, distance));
                }
                squares = s.add(squares, part);
            }
            inverse.store(at, squares);
        }
        for (index, (mean, inverse)) in
            mean.chunks_exact_mut(in_group).zip(inverse.chunks_exact_mut(in_group)).enumerate()
        {
            let variance = inverse.iter().fold(T::ZERO, |sum, x| sum + *x) / size;
            if variance.is_finite() {
                inverse.fill((variance + T::of(EPSILON)).sqrt().recip());
            } else {
                let channels = index * in_group..(index + 1) * in_group;
                let numbers = x.chunks_exact(n).flat_map(|x| x[channels.clone()].iter().copied());
                let [mu, inv] = beyond_squares(numbers, EPSILON);
                mean.fill(mu);
                inverse.fill(inv);
            }
        }
    }
}

/// y ← γ ⊙ (x − μ)·s + β
pub(super) struct Normalise<'a, T> {
    pub(super) x: &'a [T],
    pub(super) mean: &'a [T],
    pub(super) inverse: &'a [T],
    pub(super) scale: &'a [T],
    pub(super) bias: &'a [T],
    pub(super) y: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Normalise<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, mean, inverse, scale, bias, y } = self;
        let n = mean.len();
        for at in columns(s, n) {
            let (mu, inv) = (mean.load(at), inverse.load(at));
            let (gamma, beta) = (scale.load(at), bias.load(at));
            for (x, y) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)) {
                let normalised = s.mul(s.sub(x.load(at), mu), inv);
                y.store(at, s.add(s.mul(normalised, gamma), beta));
            }
        }
    }
}

/// Σ ∂L/∂y and Σ ∂L/∂y ⊙ x̂ over the pixels, for each channel.
pub(super) struct Sums<'a, T> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) mean: &'a [T],
    pub(super) inverse: &'a [T],
    /// Σ ∂L/∂y
    pub(super) plain: &'a mut [T],
    /// Σ ∂L/∂y ⊙ x̂
    pub(super) products: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Sums<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, dy, mean, inverse, plain, products } = self;
        let n = mean.len();
        for at in columns(s, n) {
            let (mu, inv) = (mean.load(at), inverse.load(at));
            let [mut sum, mut product] = [s.splat(T::ZERO); 2];
            for (x, dy) in x.chunks(RowParts::BLOCK * n).zip(dy.chunks(RowParts::BLOCK * n)) {
                let [mut part, mut part_product] = [s.splat(T::ZERO); 2];
                for (x, dy) in x.chunks_exact(n).zip(dy.chunks_exact(n)) {
                    let normalised = s.mul(s.sub(x.load(at), mu), inv);
                    let dy = dy.load(at);
                    part = s.add(part, dy);
                    part_product = s.add(part_product, s.mul(dy, normalised));
                }
                (sum, product) = (s.add(sum, part), s.add(product, part_product));
            }
            plain.store(at, sum);
            products.store(at, product);
        }
    }
}

/// ∂L/∂x = s·(g − mean(g) − x̂·mean(g ⊙ x̂)) with g = ∂L/∂y ⊙ γ.
pub(super) struct Backward<'a, T> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) mean: &'a [T],
    pub(super) inverse: &'a [T],
    pub(super) scale: &'a [T],
    /// mean(g) of each channel's group.
    pub(super) of_g: &'a [T],
    /// mean(g ⊙ x̂) of each channel's group.
    pub(super) of_product: &'a [T],
    pub(super) dx: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Backward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, dy, mean, inverse, scale, of_g, of_product, dx } = self;
        let n = mean.len();
        for at in columns(s, n) {
            let (mu, inv) = (mean.load(at), inverse.load(at));
            let gamma = scale.load(at);
            let (of_g, of_product) = (of_g.load(at), of_product.load(at));
            for ((x, dy), dx) in x.chunks_exact(n).zip(dy.chunks_exact(n)).zip(dx.chunks_exact_mut(n)) {
                let normalised = s.mul(s.sub(x.load(at), mu), inv);
                let g = s.mul(dy.load(at), gamma);
                let rest = s.sub(s.sub(g, of_g), s.mul(normalised, of_product));
                dx.store(at, s.mul(inv, rest));
            }
        }
    }
}
