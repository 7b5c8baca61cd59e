//! Adagrad.

use typednet_tensor::Scalar;
use typednet_tensor::simd::Simd;

use crate::extent::quotient;
use crate::fused::{Formula, fused};
use crate::{Extent, OptimError, Optimizer, StepInfo};

/// Each weight has a rate of its own that falls with every gradient it has seen (lecture section 6; Duchi et al. 2011).
///
/// G ← G + g²<br>
/// w ← w − η / (1 + (t − 1)·d) · g / (√(G₀ + G) + ε) in step t
///
/// Weights that are rarely used keep large steps. G never falls, so long trainings come to a stop: see
/// [`RmsProp`](crate::RmsProp).
///
/// G is never set to 0: it does not shrink.
///
/// ```
/// use typednet_optim::{Adagrad, Optimizer, StepInfo};
///
/// let (mut w, mut squares) = ([0.0], [0.0]);
/// let adagrad = Adagrad::new(0.5);
/// adagrad.update(StepInfo::new(1, 0.5), &mut w, &[3.0], &mut [&mut squares]);
/// adagrad.update(StepInfo::new(2, 0.5), &mut w, &[4.0], &mut [&mut squares]);
/// assert_eq!(squares, [25.0]);
/// assert!((w[0] - (-0.5 - 0.5 * 4.0 / 5.0_f64)).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adagrad {
    learning_rate: f64,
    rate_decay: f64,
    start: f64,
    epsilon: f64,
}

impl Adagrad {
    /// With the learning rate η and `PyTorch`'s other defaults: d = 0, G₀ = 0, ε = 1e-10.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, rate_decay: 0.0, start: 0.0, epsilon: 1e-10 }
    }

    /// How fast the learning rate falls with the number of steps (d), beside the falling of each weight's own.
    #[must_use]
    pub const fn rate_decay(self, rate_decay: f64) -> Self {
        Self { rate_decay, ..self }
    }

    /// The sum of squares before the first step (G₀): the larger, the smaller the first steps.
    #[must_use]
    pub const fn start(self, start: f64) -> Self {
        Self { start, ..self }
    }

    /// What keeps the step finite where all gradients are 0.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }
}

impl Default for Adagrad {
    /// Learning rate 0.01.
    fn default() -> Self {
        Self::new(0.01)
    }
}

impl Optimizer for Adagrad {
    const MOMENTS: usize = 1;

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn check(&self) -> Result<(), OptimError> {
        OptimError::amount("learning rate", self.learning_rate)?;
        OptimError::amount("decay of the learning rate", self.rate_decay)?;
        OptimError::amount("sum of squares at the start", self.start)?;
        OptimError::amount("epsilon", self.epsilon)?;
        Ok(())
    }

    fn update<T: Scalar>(&self, step: StepInfo, weights: &mut [T], gradient: &[T], moments: &mut [&mut [T]]) -> f64 {
        let steps_before = step.count.saturating_sub(1) as f64;
        let rate = -step.learning_rate / (1.0 + steps_before * self.rate_decay);
        let adapt = Adapt { start: T::of(self.start), epsilon: T::of(self.epsilon), rate: T::of(rate) };
        fused(step, adapt, weights, gradient, moments)
    }

    fn reach(&self, step: StepInfo, before: Extent) -> Extent {
        let Extent { weights, gradient, moments } = before;
        let change = quotient(step.learning_rate.abs() * gradient, self.epsilon);
        Extent { weights: weights + change, moments: moments + gradient * gradient + self.start, ..before }
    }
}

/// What one step does to every weight.
struct Adapt<T> {
    start: T,
    epsilon: T,
    rate: T,
}

impl<T: Scalar> Formula<T, 1> for Adapt<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, w: S::V, g: S::V, [squares]: [S::V; 1]) -> (S::V, [S::V; 1]) {
        let squares = s.mul_add(g, g, squares);
        let size = s.add(s.sqrt(s.add(squares, s.splat(self.start))), s.splat(self.epsilon));
        (s.add(w, s.div(s.mul(s.splat(self.rate), g), size)), [squares])
    }
}
