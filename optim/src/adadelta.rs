//! Adadelta.

use num_traits::Float;
use typednet_tensor::Scalar;
use typednet_tensor::simd::Simd;

use crate::extent::quotient;
use crate::fused::{Formula, fused, square_or_zero};
use crate::{Extent, OptimError, Optimizer, StepInfo};

/// Steps as large as the steps of late were, so that no rate has to be chosen (Zeiler 2012).
///
/// v ← ρ·v + (1 − ρ)·g²<br>
/// Δ = √(u + ε) / √(v + ε) · g<br>
/// u ← ρ·u + (1 − ρ)·Δ²<br>
/// w ← w − η·Δ
///
/// v and u are set to 0 where they are [tiny](crate#tiny-moments).
///
/// ```
/// use typednet_optim::{Adadelta, Optimizer, StepInfo};
///
/// let (mut w, mut v, mut u) = ([1.0_f64], [0.0], [0.0]);
/// Adadelta::new(1.0).smoothing(0.75).update(StepInfo::new(1, 1.0), &mut w, &[2.0], &mut [&mut v, &mut u]);
/// assert_eq!(v, [1.0]);
/// assert!((w[0] - (1.0 - 0.002)).abs() < 1e-8, "√ε / √v · g is a careful first step");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adadelta {
    learning_rate: f64,
    smoothing: f64,
    epsilon: f64,
}

impl Adadelta {
    /// With the learning rate η and `PyTorch`'s other defaults: ρ = 0.9, ε = 1e-6.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, smoothing: 0.9, epsilon: 1e-6 }
    }

    /// How slowly the means forget (ρ).
    #[must_use]
    pub const fn smoothing(self, smoothing: f64) -> Self {
        Self { smoothing, ..self }
    }

    /// What gets the first steps going: they are about √ε large.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }
}

impl Default for Adadelta {
    /// Learning rate 1.
    fn default() -> Self {
        Self::new(1.0)
    }
}

impl Optimizer for Adadelta {
    const MOMENTS: usize = 2;

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn check(&self) -> Result<(), OptimError> {
        OptimError::amount("learning rate", self.learning_rate)?;
        OptimError::fraction("the smoothing", self.smoothing)?;
        OptimError::amount("epsilon", self.epsilon)?;
        Ok(())
    }

    fn update<T: Scalar>(&self, step: StepInfo, weights: &mut [T], gradient: &[T], moments: &mut [&mut [T]]) -> f64 {
        let formula = Delta {
            smoothing: T::of(self.smoothing),
            rest: T::of(1.0 - self.smoothing),
            epsilon: T::of(self.epsilon),
            rate: T::of(-step.learning_rate),
        };
        fused(step, formula, weights, gradient, moments)
    }

    fn reach(&self, step: StepInfo, before: Extent) -> Extent {
        let Extent { weights, gradient, moments } = before;
        // Of √(u + ε)/√(v + ε)·g, the second root is at least √ε, and at least √(1 − ρ)·|g| but for rounding.
        let rest = 1.0 - self.smoothing;
        let factor = Float::sqrt(quotient(1.0, self.epsilon)) * gradient;
        let factor = if factor.is_finite() { factor.min(2.0 / Float::sqrt(rest)).max(1.0) } else { factor };
        let change = Float::sqrt(moments + self.epsilon) * factor;
        let squares = rest * (gradient * gradient).max(change * change);
        let weights = weights + step.learning_rate.abs() * change;
        Extent { weights, moments: self.smoothing * moments + squares, ..before }
    }
}

/// What one step does to every weight.
struct Delta<T> {
    smoothing: T,
    rest: T,
    epsilon: T,
    rate: T,
}

impl<T: Scalar> Formula<T, 2> for Delta<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, w: S::V, g: S::V, [v, u]: [S::V; 2]) -> (S::V, [S::V; 2]) {
        let (smoothing, rest, epsilon) = (s.splat(self.smoothing), s.splat(self.rest), s.splat(self.epsilon));
        let v = square_or_zero(s, s.mul_add(smoothing, v, s.mul(rest, s.mul(g, g))));
        let delta = s.mul(s.div(s.sqrt(s.add(u, epsilon)), s.sqrt(s.add(v, epsilon))), g);
        let u = square_or_zero(s, s.mul_add(smoothing, u, s.mul(rest, s.mul(delta, delta))));
        (s.mul_add(s.splat(self.rate), delta, w), [v, u])
    }
}
