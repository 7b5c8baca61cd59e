//! Adam.

use num_traits::Float;
use typednet_tensor::Scalar;
use typednet_tensor::simd::Simd;

use crate::extent::quotient;
use crate::fused::{Formula, fused, or_zero};
use crate::{Extent, OptimError, Optimizer, StepInfo};

/// Steps of about one size for every weight, whatever the size of its gradient (lecture section 6; Kingma and Ba 2015).
///
/// m ← β₁·m + (1 − β₁)·g<br>
/// v ← β₂·v + (1 − β₂)·g²<br>
/// w ← w − α·m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) in step t
///
/// The lecture notes give it without the bias correction: m̂ = m and v̂ = v. That is
/// [`bias_correction(false)`](Adam::bias_correction).
///
/// m is set to 0 where it is [tiny](crate#tiny-moments); v, which forgets slowly, is not.
///
/// ```
/// use typednet_optim::{Adam, Optimizer, StepInfo};
///
/// let adam = Adam::new(0.001).betas(0.9, 0.999).epsilon(1e-8);
/// let (mut w, mut m, mut v) = ([1.0_f64], [0.0], [0.0]);
/// adam.update(StepInfo::new(1, 0.001), &mut w, &[123.0], &mut [&mut m, &mut v]);
/// assert!((w[0] - 0.999).abs() < 1e-12, "the first step is α, however large the gradient");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    learning_rate: f64,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    bias_correction: bool,
}

impl Adam {
    /// Adam with the learning rate α and `PyTorch`'s other defaults: β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, bias_correction: true }
    }

    /// How slowly the mean of the gradients (β₁) and of their squares (β₂) forget.
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        Self { beta1, beta2, ..self }
    }

    /// What keeps the step finite where all gradients are 0.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// Whether the moments, which start at 0, are corrected for that.
    #[must_use]
    pub const fn bias_correction(self, correct: bool) -> Self {
        Self { bias_correction: correct, ..self }
    }

    /// β₁ and β₂.
    pub(crate) const fn forgetting(&self) -> [f64; 2] {
        [self.beta1, self.beta2]
    }

    /// c₁ = 1 − β₁ᵗ and c₂ = 1 − β₂ᵗ, by which the moments are divided; 1 without the correction.
    pub(crate) fn corrections(&self, count: u64) -> [f64; 2] {
        self.forgetting().map(|beta| if self.bias_correction { 1.0 - power(beta, count) } else { 1.0 })
    }

    /// The formula with everything that is the same for all weights of a step put together.
    pub(crate) fn at<T: Scalar>(&self, step: StepInfo) -> AdamStep<T> {
        // α·m̂ / (√v̂ + ε) = α·√c₂/c₁ · m / (√v + ε·√c₂), with c₁ = 1 − β₁ᵗ and c₂ = 1 − β₂ᵗ.
        let [c1, c2] = self.corrections(step.count);
        let root = Float::sqrt(c2);
        AdamStep {
            beta1: T::of(self.beta1),
            rest1: T::of(1.0 - self.beta1),
            beta2: T::of(self.beta2),
            rest2: T::of(1.0 - self.beta2),
            epsilon: T::of(self.epsilon * root),
            rate: T::of(-step.learning_rate * root / c1),
        }
    }
}

impl Default for Adam {
    /// Learning rate 0.001.
    fn default() -> Self {
        Self::new(0.001)
    }
}

impl Optimizer for Adam {
    const MOMENTS: usize = 2;

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn check(&self) -> Result<(), OptimError> {
        OptimError::amount("learning rate", self.learning_rate)?;
        OptimError::fraction("beta 1", self.beta1)?;
        OptimError::fraction("beta 2", self.beta2)?;
        OptimError::amount("epsilon", self.epsilon)?;
        Ok(())
    }

    fn update<T: Scalar>(&self, step: StepInfo, weights: &mut [T], gradient: &[T], moments: &mut [&mut [T]]) -> f64 {
        fused(step, self.at(step), weights, gradient, moments)
    }

    fn reach(&self, step: StepInfo, before: Extent) -> Extent {
        let weights = before.weights + self.at::<f64>(step).reach(before);
        Extent { weights, moments: before.moments.max(before.gradient * before.gradient), ..before }
    }
}

/// xⁿ; num-traits has it for `i32` only.
pub(crate) fn power(x: f64, n: u64) -> f64 {
    Float::powi(x, i32::try_from(n).unwrap_or(i32::MAX))
}

/// What one step does to every weight.
#[derive(Clone, Copy)]
pub(crate) struct AdamStep<T> {
    beta1: T,
    rest1: T,
    beta2: T,
    rest2: T,
    pub(crate) epsilon: T,
    rate: T,
}

impl<T: Scalar> AdamStep<T> {
    /// The new moments.
    #[inline(always)]
    pub(crate) fn remember<S: Simd<T>>(&self, s: S, g: S::V, [m, v]: [S::V; 2]) -> [S::V; 2] {
        let m = or_zero(s, s.mul_add(s.splat(self.beta1), m, s.mul(s.splat(self.rest1), g)));
        let v = s.mul_add(s.splat(self.beta2), v, s.mul(s.splat(self.rest2), s.mul(g, g)));
        [m, v]
    }

    /// √v + ε, the latter already scaled as v is.
    #[inline(always)]
    pub(crate) fn size<S: Simd<T>>(&self, s: S, v: S::V) -> S::V {
        s.add(s.sqrt(v), s.splat(self.epsilon))
    }

    /// What is added to the weight.
    #[inline(always)]
    pub(crate) fn change<S: Simd<T>>(&self, s: S, [m, v]: [S::V; 2]) -> S::V {
        s.div(s.mul(s.splat(self.rate), m), self.size(s, v))
    }
}

impl AdamStep<f64> {
    /// How far from 0 the change of a weight is at most.
    pub(crate) fn reach(&self, before: Extent) -> f64 {
        quotient(self.rate.abs() * before.moments.max(before.gradient), self.epsilon)
    }
}

impl<T: Scalar> Formula<T, 2> for AdamStep<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, w: S::V, g: S::V, moments: [S::V; 2]) -> (S::V, [S::V; 2]) {
        let moments = self.remember(s, g, moments);
        (s.add(w, self.change(s, moments)), moments)
    }
}
