//! Gradient descent with momentum.

use typednet_tensor::Scalar;
use typednet_tensor::simd::Simd;

use crate::fused::{Formula, fused, or_zero};
use crate::{Extent, OptimError, Optimizer, StepInfo};

/// Gradient descent that keeps its speed, like a ball rolling down (lecture section 6; Polyak 1964).
///
/// Two forms are in use, which differ in what a learning rate means:
/// - [`Momentum::new`], today's form, as in `PyTorch`: v ← μ·v + g, w ← w − α·v. Under a constant gradient v grows to
///   g / (1 − μ), so with μ = 0.9 the steps become ten times those of plain gradient descent.
/// - [`Momentum::averaged`], the lecture notes' form: v ← β·v + (1 − β)·g, w ← w − α·v. Here v is a running mean, and
///   the steps stay as large as those of plain gradient descent.
///
/// v is set to 0 where it is [tiny](crate#tiny-moments).
///
/// ```
/// use typednet_optim::{Momentum, Optimizer, StepInfo};
///
/// let (mut w, mut v) = ([0.0], [0.0]);
/// Momentum::new(0.5, 0.5).update(StepInfo::new(1, 0.5), &mut w, &[4.0], &mut [&mut v]);
/// assert_eq!((w, v), ([-2.0], [4.0]));
///
/// let (mut w, mut v) = ([0.0], [0.0]);
/// Momentum::averaged(0.5, 0.5).update(StepInfo::new(1, 0.5), &mut w, &[4.0], &mut [&mut v]);
/// assert_eq!((w, v), ([-1.0], [2.0]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Momentum {
    learning_rate: f64,
    keep: f64,
    averaged: bool,
}

impl Momentum {
    /// v ← μ·v + g, with the learning rate α and the momentum μ.
    pub const fn new(learning_rate: f64, momentum: f64) -> Self {
        Self { learning_rate, keep: momentum, averaged: false }
    }

    /// v ← β·v + (1 − β)·g, with the learning rate α and the momentum β.
    pub const fn averaged(learning_rate: f64, momentum: f64) -> Self {
        Self { learning_rate, keep: momentum, averaged: true }
    }
}

impl Default for Momentum {
    /// Today's form with learning rate 0.01 and momentum 0.9.
    fn default() -> Self {
        Self::new(0.01, 0.9)
    }
}

impl Optimizer for Momentum {
    const MOMENTS: usize = 1;

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn check(&self) -> Result<(), OptimError> {
        OptimError::amount("learning rate", self.learning_rate)?;
        OptimError::fraction("the momentum", self.keep)?;
        Ok(())
    }

    fn update<T: Scalar>(&self, step: StepInfo, weights: &mut [T], gradient: &[T], moments: &mut [&mut [T]]) -> f64 {
        let share = if self.averaged { 1.0 - self.keep } else { 1.0 };
        let roll = Roll { momentum: T::of(self.keep), share: T::of(share), rate: T::of(-step.learning_rate) };
        fused(step, roll, weights, gradient, moments)
    }

    fn reach(&self, step: StepInfo, before: Extent) -> Extent {
        let moments = self.keep * before.moments + before.gradient;
        Extent { weights: before.weights + step.learning_rate.abs() * moments, moments, ..before }
    }
}

/// What one step does to every weight; `share` of the gradient goes into v.
struct Roll<T> {
    momentum: T,
    share: T,
    rate: T,
}

impl<T: Scalar> Formula<T, 1> for Roll<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, w: S::V, g: S::V, [v]: [S::V; 1]) -> (S::V, [S::V; 1]) {
        let v = or_zero(s, s.mul_add(s.splat(self.momentum), v, s.mul(s.splat(self.share), g)));
        (s.mul_add(s.splat(self.rate), v, w), [v])
    }
}
