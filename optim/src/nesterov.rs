//! Nesterov's momentum.

use typednet_tensor::Scalar;
use typednet_tensor::simd::Simd;

use crate::fused::{Formula, fused, or_zero};
use crate::{Extent, OptimError, Optimizer, StepInfo};

/// Momentum that looks one step ahead (lecture section 6; Nesterov 1983, in the form of Sutskever et al. 2013 that
/// `PyTorch` has too).
///
/// v ← μ·v + g<br>
/// w ← w − α·(g + μ·v)
///
/// The second line is where momentum alone would lead from w − α·v, so the gradient need not be taken at another place.
///
/// v is set to 0 where it is [tiny](crate#tiny-moments).
///
/// ```
/// use typednet_optim::{Nesterov, Optimizer, StepInfo};
///
/// let (mut w, mut v) = ([0.0], [0.0]);
/// Nesterov::new(0.5, 0.5).update(StepInfo::new(1, 0.5), &mut w, &[4.0], &mut [&mut v]);
/// assert_eq!((w, v), ([-3.0], [4.0]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nesterov {
    learning_rate: f64,
    momentum: f64,
}

impl Nesterov {
    /// With the learning rate α and the momentum μ.
    pub const fn new(learning_rate: f64, momentum: f64) -> Self {
        Self { learning_rate, momentum }
    }
}

impl Default for Nesterov {
    /// Learning rate 0.01 and momentum 0.9.
    fn default() -> Self {
        Self::new(0.01, 0.9)
    }
}

impl Optimizer for Nesterov {
    const MOMENTS: usize = 1;

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn check(&self) -> Result<(), OptimError> {
        OptimError::amount("learning rate", self.learning_rate)?;
        OptimError::fraction("the momentum", self.momentum)?;
        Ok(())
    }

    fn update<T: Scalar>(&self, step: StepInfo, weights: &mut [T], gradient: &[T], moments: &mut [&mut [T]]) -> f64 {
        let look = LookAhead { momentum: T::of(self.momentum), rate: T::of(-step.learning_rate) };
        fused(step, look, weights, gradient, moments)
    }

    fn reach(&self, step: StepInfo, before: Extent) -> Extent {
        let moments = self.momentum * before.moments + before.gradient;
        let ahead = self.momentum * moments + before.gradient;
        Extent { weights: before.weights + step.learning_rate.abs() * ahead, moments, ..before }
    }
}

/// What one step does to every weight.
struct LookAhead<T> {
    momentum: T,
    rate: T,
}

impl<T: Scalar> Formula<T, 1> for LookAhead<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, w: S::V, g: S::V, [v]: [S::V; 1]) -> (S::V, [S::V; 1]) {
        let momentum = s.splat(self.momentum);
        let v = or_zero(s, s.mul_add(momentum, v, g));
        (s.mul_add(s.splat(self.rate), s.mul_add(momentum, v, g), w), [v])
    }
}
