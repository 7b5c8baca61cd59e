//! Adam with weight decay beside the gradient.

use typednet_tensor::Scalar;
use typednet_tensor::simd::Simd;

use crate::adam::AdamStep;
use crate::fused::{Formula, fused};
use crate::{Adam, Extent, OptimError, Optimizer, StepInfo};

/// [`Adam`], and every weight shrinks a little in each step (lecture section 6; Loshchilov and Hutter 2019).
///
/// w ← (1 − α·λ)·w, then Adam's step.
///
/// An L2 penalty in the loss would go through Adam's division by √v̂, which evens it out; this decay does not. As in
/// `PyTorch` it works on every trained parameter, biases too. To decay weights only, take [`Adam`] and
/// `Groups::weight_decay`.
///
/// m is set to 0 where it is [tiny](crate#tiny-moments), as in Adam.
///
/// ```
/// use typednet_optim::{AdamW, Optimizer, StepInfo};
///
/// let (mut w, mut m, mut v) = ([2.0], [0.0], [0.0]);
/// AdamW::new(0.5).weight_decay(0.5).update(StepInfo::new(1, 0.5), &mut w, &[0.0], &mut [&mut m, &mut v]);
/// assert_eq!(w, [1.5], "without a gradient only the decay is left");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamW {
    adam: Adam,
    weight_decay: f64,
}

impl AdamW {
    /// With the learning rate α and `PyTorch`'s other defaults: those of [`Adam::new`], and λ = 0.01.
    pub const fn new(learning_rate: f64) -> Self {
        Self { adam: Adam::new(learning_rate), weight_decay: 0.01 }
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

    /// The decay λ: the part of each weight that is lost in a step, per unit of the learning rate.
    #[must_use]
    pub const fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }
}

impl Default for AdamW {
    /// Learning rate 0.001.
    fn default() -> Self {
        Self::new(0.001)
    }
}

impl Optimizer for AdamW {
    const MOMENTS: usize = 2;

    fn learning_rate(&self) -> f64 {
        self.adam.learning_rate()
    }

    fn check(&self) -> Result<(), OptimError> {
        self.adam.check()?;
        OptimError::amount("weight decay", self.weight_decay)?;
        Ok(())
    }

    fn update<T: Scalar>(&self, step: StepInfo, weights: &mut [T], gradient: &[T], moments: &mut [&mut [T]]) -> f64 {
        let keep = T::of(1.0 - step.learning_rate * self.weight_decay);
        fused(step, Decayed { keep, adam: self.adam.at(step) }, weights, gradient, moments)
    }

    fn reach(&self, step: StepInfo, before: Extent) -> Extent {
        let keep = (1.0 - step.learning_rate * self.weight_decay).abs();
        let decayed = Extent { weights: before.weights * keep, ..before }.at_least_one();
        self.adam.reach(step, decayed)
    }
}

/// What one step does to every weight; `keep` of it is left before Adam's step.
struct Decayed<T> {
    keep: T,
    adam: AdamStep<T>,
}

impl<T: Scalar> Formula<T, 2> for Decayed<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, w: S::V, g: S::V, moments: [S::V; 2]) -> (S::V, [S::V; 2]) {
        self.adam.eval(s, s.mul(s.splat(self.keep), w), g, moments)
    }
}
