//! Penalties for large weights.

use typednet_layers::{Layer, ParamKind};
use typednet_tensor::simd::{Reduce, Simd, Zip, reduce, zip};
use typednet_tensor::{Parallel, Scalar, ops, split_elements};

use crate::norm::sum_of_blocks;
use crate::{OptimError, runs};

/// What large weights cost, against overfitting (lecture section 7). Biases and factors of normalisations cost nothing.
///
/// - [`Penalty::l2`]: loss + λ·Σ w², gradient + 2·λ·w. `PyTorch`'s `weight_decay` means half of it: gradient + λ·w.
/// - [`Penalty::l1`]: loss + λ·Σ |w|, gradient + λ·sign(w), where sign(0) = 0. It drives weights to 0.
/// - [`Penalty::elastic`] has both.
///
/// For decay beside the gradient see [`AdamW`](crate::AdamW), and `Groups` for weights only.
///
/// ```
/// use typednet_layers::{Dense, Network};
/// use typednet_optim::Penalty;
/// use typednet_tensor::Parallel;
///
/// let (mut model, mut gradient) = (Dense::<1, 2>::zeroed(), Dense::<1, 2>::zeroed());
/// (model.weight, model.bias) = ([[3.0, -4.0]], [100.0, 100.0]);
///
/// assert_eq!(Penalty::l2(0.5).value(&*model, Parallel::SERIAL), 0.5 * 25.0);
/// Penalty::l2(0.5).add_gradient(&*model, &mut *gradient, Parallel::SERIAL);
/// assert_eq!((gradient.weight, gradient.bias), ([[3.0, -4.0]], [0.0, 0.0]));
///
/// assert_eq!(Penalty::l1(0.5).value(&*model, Parallel::SERIAL), 0.5 * 7.0);
/// Penalty::l1(0.5).add_gradient(&*model, &mut *gradient, Parallel::SERIAL);
/// assert_eq!(gradient.weight, [[3.5, -4.5]]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Penalty {
    l1: f64,
    l2: f64,
}

impl Penalty {
    /// λ·Σ |w|
    pub const fn l1(lambda: f64) -> Self {
        Self { l1: lambda, l2: 0.0 }
    }

    /// λ·Σ w²
    pub const fn l2(lambda: f64) -> Self {
        Self { l1: 0.0, l2: lambda }
    }

    /// λ₁·Σ |w| + λ₂·Σ w² (the elastic net of Zou and Hastie 2005).
    pub const fn elastic(lambda1: f64, lambda2: f64) -> Self {
        Self { l1: lambda1, l2: lambda2 }
    }

    /// Whether the factors λ are amounts.
    ///
    /// # Errors
    /// The first that is negative or not finite.
    pub fn check(&self) -> Result<(), OptimError> {
        OptimError::amount("factor of the L1 penalty", self.l1)?;
        OptimError::amount("factor of the L2 penalty", self.l2)?;
        Ok(())
    }

    /// What is added to the loss. It allocates nothing, and gives the same bits for any number of threads.
    pub fn value<M: Layer>(&self, model: &M, parallel: Parallel<'_>) -> f64 {
        let mut value = 0.0;
        runs(const { &M::TREE }, is_weight, |run| {
            let weights = &model.as_flat()[run];
            if self.l1 != 0.0 {
                value += self.l1 * sum_of_blocks(weights, parallel, sum_abs);
            }
            if self.l2 != 0.0 {
                value += self.l2 * sum_of_blocks(weights, parallel, ops::sum_squares);
            }
        });
        value
    }

    /// Adds the penalty's gradient to `gradient`, which has that of the mean loss. It allocates nothing, and gives the same
    /// bits for any number of threads.
    pub fn add_gradient<M: Layer>(&self, model: &M, gradient: &mut M, parallel: Parallel<'_>) {
        let slope = Slope { l1: M::Elem::of(self.l1), twice_l2: M::Elem::of(2.0 * self.l2) };
        runs(const { &M::TREE }, is_weight, |run| {
            add_slope(slope, &model.as_flat()[run.clone()], &mut gradient.as_flat_mut()[run], parallel);
        });
    }
}

fn is_weight(kind: ParamKind) -> bool {
    kind == ParamKind::Weight
}

/// Σ |xᵢ|
#[inline(never)]
pub(crate) fn sum_abs<T: Scalar>(x: &[T]) -> T {
    reduce(SumAbs, x)
}

/// gradient ← its sum with `slope` at each weight.
#[inline(never)]
pub(crate) fn add_slope<T: Scalar>(slope: Slope<T>, weights: &[T], gradient: &mut [T], parallel: Parallel<'_>) {
    split_elements(parallel, gradient, |at, gradient| zip(slope, &weights[at..at + gradient.len()], gradient));
}

struct SumAbs;

impl<T: Scalar> Reduce<T> for SumAbs {
    const START: T = T::ZERO;

    #[inline(always)]
    fn join<S: Simd<T>>(&self, s: S, total: S::V, x: S::V) -> S::V {
        s.add(total, s.abs(x))
    }

    #[inline(always)]
    fn finish<S: Simd<T>>(&self, s: S, total: S::V) -> T {
        s.sum(total)
    }
}

/// g + λ₁·sign(w) + 2·λ₂·w
#[derive(Clone, Copy)]
pub(crate) struct Slope<T> {
    l1: T,
    twice_l2: T,
}

impl<T: Scalar> Zip<T> for Slope<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, w: S::V, g: S::V) -> S::V {
        let (zero, l1) = (s.splat(T::zero()), s.splat(self.l1));
        let sign = s.sub(s.select(s.lt(zero, w), l1, zero), s.select(s.lt(w, zero), l1, zero));
        s.add(s.mul_add(s.splat(self.twice_l2), w, g), sign)
    }
}
