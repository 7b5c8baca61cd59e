//! `NAdam`.

use num_traits::Float;
use typednet_tensor::Scalar;
use typednet_tensor::simd::Simd;

use crate::adam::AdamStep;
use crate::extent::quotient;
use crate::fused::{Formula, fused};
use crate::{Adam, Extent, OptimError, Optimizer, StepInfo};

/// [`Adam`] that looks one step ahead, as [`Nesterov`](crate::Nesterov) does (Dozat 2016).
///
/// m and v as in Adam<br>
/// μₜ = β₁·(1 − ½·0.96^(t·ψ))<br>
/// w ← w − α·((1 − μₜ) / (1 − Π μᵢ)·g + μₜ₊₁ / (1 − μₜ₊₁·Π μᵢ)·m) / (√v̂ + ε), Π from 1 to t
///
/// m is set to 0 where it is [tiny](crate#tiny-moments), as in Adam.
///
/// ```
/// use typednet_optim::{NAdam, Optimizer, StepInfo};
///
/// let (mut w, mut m, mut v) = ([1.0_f64], [0.0], [0.0]);
/// NAdam::new(0.002).update(StepInfo::new(1, 0.002), &mut w, &[123.0], &mut [&mut m, &mut v]);
/// assert!(w[0] < 0.998 && w[0] > 0.997, "a little further than Adam goes");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NAdam {
    adam: Adam,
    momentum_decay: f64,
}

impl NAdam {
    /// With the learning rate α and `PyTorch`'s other defaults: those of [`Adam::new`], and ψ = 0.004.
    pub const fn new(learning_rate: f64) -> Self {
        Self { adam: Adam::new(learning_rate), momentum_decay: 0.004 }
    }

    /// See [`Adam::betas`].
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        Self { adam: self.adam.betas(beta1, beta2), ..self }
    }

    /// See [`Adam::epsilon`].
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Self { adam: self.adam.epsilon(epsilon), ..self }
    }

    /// How fast the momentum μ rises from ½·β₁ to β₁ (ψ).
    #[must_use]
    pub const fn momentum_decay(self, momentum_decay: f64) -> Self {
        Self { momentum_decay, ..self }
    }

    /// μₜ, μₜ₊₁ and the product of μ₁ to μₜ.
    fn momenta(&self, count: u64) -> [f64; 3] {
        let [beta1, _] = self.adam.forgetting();
        let momentum = |t: f64| beta1 * (1.0 - 0.5 * Float::powf(0.96, t * self.momentum_decay));
        let mut product = 1.0;
        for t in 1..=count {
            product *= momentum(t as f64);
            // 1 − product no longer changes. With the defaults that is after about 60 steps.
            if product < f64::EPSILON / 4.0 {
                break;
            }
        }
        [momentum(count as f64), momentum(count as f64 + 1.0), product]
    }

    /// The formula with everything that is the same for all weights of a step put together.
    fn at<T: Scalar>(&self, step: StepInfo) -> Ahead<T> {
        let [momentum, next, product] = self.momenta(step.count);
        let [_, c2] = self.adam.corrections(step.count);
        // As in Adam, numerator and denominator are multiplied by √c₂.
        let rate = -step.learning_rate * Float::sqrt(c2);
        Ahead {
            adam: self.adam.at(step),
            of_gradient: T::of(rate * (1.0 - momentum) / (1.0 - product)),
            of_mean: T::of(rate * next / (1.0 - product * next)),
        }
    }
}

impl Default for NAdam {
    /// Learning rate 0.002.
    fn default() -> Self {
        Self::new(0.002)
    }
}

impl Optimizer for NAdam {
    const MOMENTS: usize = 2;

    fn learning_rate(&self) -> f64 {
        self.adam.learning_rate()
    }

    fn check(&self) -> Result<(), OptimError> {
        self.adam.check()?;
        OptimError::amount("momentum decay", self.momentum_decay)?;
        Ok(())
    }

    fn update<T: Scalar>(&self, step: StepInfo, weights: &mut [T], gradient: &[T], moments: &mut [&mut [T]]) -> f64 {
        fused(step, self.at(step), weights, gradient, moments)
    }

    fn reach(&self, step: StepInfo, before: Extent) -> Extent {
        let Extent { weights, gradient, moments } = before;
        let Ahead { adam, of_gradient, of_mean } = self.at::<f64>(step);
        let most = of_gradient.abs() * gradient + of_mean.abs() * moments.max(gradient);
        Extent { weights: weights + quotient(most, adam.epsilon), moments: moments.max(gradient * gradient), ..before }
    }
}

/// What one step does to every weight.
struct Ahead<T> {
    adam: AdamStep<T>,
    of_gradient: T,
    of_mean: T,
}

impl<T: Scalar> Formula<T, 2> for Ahead<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, w: S::V, g: S::V, moments: [S::V; 2]) -> (S::V, [S::V; 2]) {
        let [m, v] = self.adam.remember(s, g, moments);
        let change = s.mul_add(s.splat(self.of_mean), m, s.mul(s.splat(self.of_gradient), g));
        (s.add(w, s.div(change, self.adam.size(s, v))), [m, v])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_that_was_cut_short_gives_the_same_rates() {
        for count in [1, 2, 59, 60, 100, 5000] {
            let [now, next, product] = NAdam::default().momenta(count);
            let momentum = |t: u64| 0.9 * (1.0 - 0.5 * 0.96_f64.powf(t as f64 * 0.004));
            let whole: f64 = (1..=count).map(momentum).product();
            assert_eq!([now, next].map(f64::to_bits), [momentum(count), momentum(count + 1)].map(f64::to_bits));
            assert_eq!((1.0 - product).to_bits(), (1.0 - whole).to_bits(), "{count}");
        }
    }
}
