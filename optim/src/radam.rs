//! `RAdam`.

use num_traits::Float;
use typednet_tensor::Scalar;
use typednet_tensor::simd::Simd;

use crate::adam::{AdamStep, power};
use crate::fused::{Formula, fused};
use crate::{Adam, Extent, OptimError, Optimizer, StepInfo};

/// [`Adam`] that does not trust v̂ before it has seen enough, in place of a warm-up (Liu et al. 2020).
///
/// m and v as in Adam, ρ∞ = 2 / (1 − β₂) − 1, ρₜ = ρ∞ − 2·t·β₂ᵗ / (1 − β₂ᵗ)<br>
/// while ρₜ ≤ 5: w ← w − α·m̂<br>
/// then: w ← w − α·r·m̂·√(1 − β₂ᵗ) / (√v + ε), r² = (ρₜ − 4)(ρₜ − 2)·ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)·ρₜ)
///
/// As in `PyTorch`, ε stands beside √v and not beside √v̂.
///
/// m is set to 0 where it is [tiny](crate#tiny-moments), as in Adam.
///
/// ```
/// use typednet_optim::{Optimizer, RAdam, StepInfo};
///
/// let (mut w, mut m, mut v) = ([1.0_f64], [0.0], [0.0]);
/// RAdam::new(0.001).update(StepInfo::new(1, 0.001), &mut w, &[0.5], &mut [&mut m, &mut v]);
/// assert!((w[0] - (1.0 - 0.001 * 0.5)).abs() < 1e-15, "the first steps are those of a mean of gradients");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RAdam {
    adam: Adam,
    epsilon: f64,
}

impl RAdam {
    /// With the learning rate α and `PyTorch`'s other defaults: β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
    pub const fn new(learning_rate: f64) -> Self {
        Self { adam: Adam::new(learning_rate), epsilon: 1e-8 }
    }

    /// See [`Adam::betas`].
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        Self { adam: self.adam.betas(beta1, beta2), ..self }
    }

    /// What keeps the step finite where all gradients are 0.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// How far v̂ is trusted in step `count` (r), or `None` while it is not.
    fn trust(&self, count: u64) -> Option<f64> {
        let [_, beta2] = self.adam.forgetting();
        let [_, c2] = self.adam.corrections(count);
        let most = 2.0 / (1.0 - beta2) - 1.0;
        let seen = most - 2.0 * count as f64 * power(beta2, count) / c2;
        let square = || (seen - 4.0) * (seen - 2.0) * most / ((most - 4.0) * (most - 2.0) * seen);
        (seen > 5.0).then(|| Float::sqrt(square()))
    }

    /// The formula of a step in which v̂ is trusted.
    fn trusting<T: Scalar>(&self, step: StepInfo) -> Option<AdamStep<T>> {
        let trust = self.trust(step.count)?;
        let [_, c2] = self.adam.corrections(step.count);
        // Adam's step multiplies α and ε by √c₂; here ε stays as it is.
        let adam = self.adam.epsilon(self.epsilon / Float::sqrt(c2));
        Some(adam.at(StepInfo { learning_rate: step.learning_rate * trust, ..step }))
    }

    /// The formula of a step before.
    fn early<T: Scalar>(&self, step: StepInfo) -> Mean<T> {
        let [c1, _] = self.adam.corrections(step.count);
        Mean { adam: self.adam.at(step), rate: T::of(-step.learning_rate / c1) }
    }
}

impl Default for RAdam {
    /// Learning rate 0.001.
    fn default() -> Self {
        Self::new(0.001)
    }
}

impl Optimizer for RAdam {
    const MOMENTS: usize = 2;

    fn learning_rate(&self) -> f64 {
        self.adam.learning_rate()
    }

    fn check(&self) -> Result<(), OptimError> {
        self.adam.check()?;
        OptimError::amount("epsilon", self.epsilon)?;
        Ok(())
    }

    fn update<T: Scalar>(&self, step: StepInfo, weights: &mut [T], gradient: &[T], moments: &mut [&mut [T]]) -> f64 {
        match self.trusting(step) {
            Some(adam) => fused(step, adam, weights, gradient, moments),
            None => fused(step, self.early(step), weights, gradient, moments),
        }
    }

    fn reach(&self, step: StepInfo, before: Extent) -> Extent {
        let most = before.moments.max(before.gradient);
        let change = match self.trusting::<f64>(step) {
            Some(adam) => adam.reach(before),
            None => self.early::<f64>(step).rate.abs() * most,
        };
        let moments = before.moments.max(before.gradient * before.gradient);
        Extent { weights: before.weights + change, moments, ..before }
    }
}

/// What one of the first steps does to every weight.
struct Mean<T> {
    adam: AdamStep<T>,
    rate: T,
}

impl<T: Scalar> Formula<T, 2> for Mean<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, w: S::V, g: S::V, moments: [S::V; 2]) -> (S::V, [S::V; 2]) {
        let [m, v] = self.adam.remember(s, g, moments);
        (s.mul_add(s.splat(self.rate), m, w), [m, v])
    }
}
