//! Lion.

use typednet_tensor::Scalar;
use typednet_tensor::simd::Simd;

use crate::fused::{Formula, fused, or_zero};
use crate::{Extent, OptimError, Optimizer, StepInfo};

/// Steps of exactly one size, in the direction of a mean's sign (Chen et al. 2023).
///
/// w ← (1 − α·λ)·w − α·sign(β₁·m + (1 − β₁)·g)<br>
/// m ← β₂·m + (1 − β₂)·g
///
/// It remembers half as much as Adam. Its steps are larger, so its learning rate should be 3 to 10 times smaller than
/// Adam's, and λ as much larger.
///
/// m is set to 0 where it is [tiny](crate#tiny-moments).
///
/// ```
/// use typednet_optim::{Lion, Optimizer, StepInfo};
///
/// let (mut w, mut m) = ([1.0, 1.0, 1.0], [0.0; 3]);
/// Lion::new(0.25).update(StepInfo::new(1, 0.25), &mut w, &[1e-9, -700.0, 0.0], &mut [&mut m]);
/// assert_eq!(w, [0.75, 1.25, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lion {
    learning_rate: f64,
    beta1: f64,
    beta2: f64,
    weight_decay: f64,
}

impl Lion {
    /// With the learning rate α and the paper's other defaults: β₁ = 0.9, β₂ = 0.99, λ = 0.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, beta1: 0.9, beta2: 0.99, weight_decay: 0.0 }
    }

    /// How much of the mean goes into the direction (β₁), and how slowly the mean forgets (β₂).
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        Self { beta1, beta2, ..self }
    }

    /// The decay λ: the part of each parameter that is lost in a step, per unit of the learning rate.
    #[must_use]
    pub const fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }
}

impl Default for Lion {
    /// Learning rate 0.0001.
    fn default() -> Self {
        Self::new(1e-4)
    }
}

impl Optimizer for Lion {
    const MOMENTS: usize = 1;

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn check(&self) -> Result<(), OptimError> {
        OptimError::amount("learning rate", self.learning_rate)?;
        OptimError::fraction("beta 1", self.beta1)?;
        OptimError::fraction("beta 2", self.beta2)?;
        OptimError::amount("weight decay", self.weight_decay)?;
        Ok(())
    }

    fn update<T: Scalar>(&self, step: StepInfo, weights: &mut [T], gradient: &[T], moments: &mut [&mut [T]]) -> f64 {
        let formula = Sign {
            beta1: T::of(self.beta1),
            rest1: T::of(1.0 - self.beta1),
            beta2: T::of(self.beta2),
            rest2: T::of(1.0 - self.beta2),
            keep: T::of(1.0 - step.learning_rate * self.weight_decay),
            rate: T::of(step.learning_rate),
        };
        fused(step, formula, weights, gradient, moments)
    }

    fn reach(&self, step: StepInfo, before: Extent) -> Extent {
        let keep = (1.0 - step.learning_rate * self.weight_decay).abs();
        let weights = before.weights * keep + step.learning_rate.abs();
        Extent { weights: weights.max(keep), moments: before.moments.max(before.gradient), ..before }
    }
}

/// What one step does to every weight; `keep` of it is left before the step.
struct Sign<T> {
    beta1: T,
    rest1: T,
    beta2: T,
    rest2: T,
    keep: T,
    rate: T,
}

impl<T: Scalar> Formula<T, 1> for Sign<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, w: S::V, g: S::V, [m]: [S::V; 1]) -> (S::V, [S::V; 1]) {
        let (zero, rate) = (s.splat(T::zero()), s.splat(self.rate));
        let direction = s.mul_add(s.splat(self.beta1), m, s.mul(s.splat(self.rest1), g));
        let down = s.select(s.lt(zero, direction), rate, zero);
        let up = s.select(s.lt(direction, zero), rate, zero);
        let w = s.add(s.mul(s.splat(self.keep), w), s.sub(up, down));
        (w, [or_zero(s, s.mul_add(s.splat(self.beta2), m, s.mul(s.splat(self.rest2), g)))])
    }
}
