//! Adamax.

use typednet_tensor::Scalar;
use typednet_tensor::simd::Simd;

use crate::adam::power;
use crate::extent::quotient;
use crate::fused::{Formula, fused, or_zero};
use crate::{Extent, OptimError, Optimizer, StepInfo};

/// [`Adam`](crate::Adam) with the largest gradient of late in the place of the root of their mean square (Kingma and Ba
/// 2015, section 7.1).
///
/// m ← β₁·m + (1 − β₁)·g<br>
/// u ← max(β₂·u, |g| + ε)<br>
/// w ← w − α/(1 − β₁ᵗ)·m/u in step t
///
/// Adam's v is the mean of |g|² with weights that fall as β₂. With p in the place of 2, and β₂ᵖ in that of β₂, the p-th root
/// of that mean becomes u as p grows without end: of (1 − β₂ᵖ)·Σ β₂^(p·(t − i))·|gᵢ|ᵖ the factor's root becomes 1 and the
/// sum's root its largest term, maxᵢ β₂^(t − i)·|gᵢ|. So u needs no correction for having begun at 0. ε stands where
/// `PyTorch` has it.
///
/// m is set to 0 where it is [tiny](crate#tiny-moments); u is never below ε.
///
/// ```
/// use typednet_optim::{Adamax, Optimizer, StepInfo};
///
/// let (mut w, mut m, mut u) = ([1.0_f64], [0.0], [0.0]);
/// Adamax::new(0.002).update(StepInfo::new(1, 0.002), &mut w, &[-123.0], &mut [&mut m, &mut u]);
/// assert!((w[0] - 1.002).abs() < 1e-12, "the first step is α, however large the gradient");
/// assert!((u[0] - 123.0).abs() < 1e-7);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adamax {
    learning_rate: f64,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
}

impl Adamax {
    /// With the learning rate α and `PyTorch`'s other defaults: β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }

    /// How slowly the mean of the gradients (β₁) and the largest of them (β₂) are forgotten.
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        Self { beta1, beta2, ..self }
    }

    /// What keeps the step finite where all gradients are 0.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// α/(1 − β₁ᵗ)
    fn rate(&self, step: StepInfo) -> f64 {
        step.learning_rate / (1.0 - power(self.beta1, step.count))
    }
}

impl Default for Adamax {
    /// Learning rate 0.002.
    fn default() -> Self {
        Self::new(0.002)
    }
}

impl Optimizer for Adamax {
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
        let formula = ByLargest {
            beta1: T::of(self.beta1),
            rest1: T::of(1.0 - self.beta1),
            beta2: T::of(self.beta2),
            epsilon: T::of(self.epsilon),
            rate: T::of(-self.rate(step)),
        };
        fused(step, formula, weights, gradient, moments)
    }

    fn reach(&self, step: StepInfo, before: Extent) -> Extent {
        let Extent { weights, gradient, moments } = before;
        let change = quotient(self.rate(step).abs() * moments.max(gradient), self.epsilon);
        Extent { weights: weights + change, moments: moments.max(gradient + self.epsilon), ..before }
    }
}

/// What one step does to every weight.
struct ByLargest<T> {
    beta1: T,
    rest1: T,
    beta2: T,
    epsilon: T,
    rate: T,
}

impl<T: Scalar> Formula<T, 2> for ByLargest<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, w: S::V, g: S::V, [m, u]: [S::V; 2]) -> (S::V, [S::V; 2]) {
        let m = or_zero(s, s.mul_add(s.splat(self.beta1), m, s.mul(s.splat(self.rest1), g)));
        let u = s.max(s.mul(s.splat(self.beta2), u), s.add(s.abs(g), s.splat(self.epsilon)));
        (s.add(w, s.div(s.mul(s.splat(self.rate), m), u)), [m, u])
    }
}
