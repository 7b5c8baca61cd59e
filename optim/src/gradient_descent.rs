//! Plain gradient descent.

use typednet_tensor::Scalar;
use typednet_tensor::simd::Simd;

use crate::fused::{Formula, fused};
use crate::{Extent, OptimError, Optimizer, StepInfo};

/// Straight down the slope: w ← w − η·g (lecture section 6).
///
/// With the gradient of all samples this is gradient descent, of one sample stochastic gradient descent, of some
/// samples mini-batch gradient descent; the rule is the same.
///
/// ```
/// use typednet_optim::{GradientDescent, Optimizer, StepInfo};
///
/// let mut weights = [1.0, 2.0];
/// GradientDescent::new(0.5).update(StepInfo::new(1, 0.5), &mut weights, &[2.0, -2.0], &mut []);
/// assert_eq!(weights, [0.0, 3.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradientDescent {
    learning_rate: f64,
}

impl GradientDescent {
    /// Gradient descent with the learning rate η.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate }
    }
}

impl Default for GradientDescent {
    /// Learning rate 0.01.
    fn default() -> Self {
        Self::new(0.01)
    }
}

impl Optimizer for GradientDescent {
    const MOMENTS: usize = 0;

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn check(&self) -> Result<(), OptimError> {
        OptimError::amount("learning rate", self.learning_rate).map(drop)
    }

    fn update<T: Scalar>(&self, step: StepInfo, weights: &mut [T], gradient: &[T], moments: &mut [&mut [T]]) -> f64 {
        fused(step, Descend { rate: T::of(-step.learning_rate) }, weights, gradient, moments)
    }

    fn reach(&self, step: StepInfo, before: Extent) -> Extent {
        Extent { weights: before.weights + step.learning_rate.abs() * before.gradient, ..before }
    }
}

/// What one step does to every weight.
struct Descend<T> {
    rate: T,
}

impl<T: Scalar> Formula<T, 0> for Descend<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, w: S::V, g: S::V, _: [S::V; 0]) -> (S::V, [S::V; 0]) {
        (s.mul_add(s.splat(self.rate), g, w), [])
    }
}
