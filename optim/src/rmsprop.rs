//! `RMSprop`.

use typednet_tensor::Scalar;
use typednet_tensor::simd::Simd;

use crate::extent::quotient;
use crate::fused::{Formula, fused, or_zero, square_or_zero};
use crate::{Extent, OptimError, Optimizer, StepInfo};

/// The gradient divided by the running root of its mean square (lecture section 6; Tieleman and Hinton 2012).
///
/// v ← ρ·v + (1 − ρ)·g²<br>
/// w ← w − α·g / (√v + ε)
///
/// - [`momentum`](RmsProp::momentum): b ← μ·b + g / (√v + ε), w ← w − α·b
/// - [`centred`](RmsProp::centred): m ← ρ·m + (1 − ρ)·g, and the variance v − m² stands in the place of v. Where rounding
///   would make that negative it is 0 here, and NaN in `PyTorch`.
///
/// v, m and b are set to 0 where they are [tiny](crate#tiny-moments).
///
/// Each of the two needs one number more for each weight, so they are part of the type: `RmsProp<true, false>` has
/// momentum and is not centred.
///
/// ```
/// use typednet_optim::{Optimizer, RmsProp, StepInfo};
///
/// let (mut w, mut v) = ([0.0], [0.0]);
/// RmsProp::new(0.01).smoothing(0.75).epsilon(0.0).update(StepInfo::new(1, 0.01), &mut w, &[-4.0], &mut [&mut v]);
/// assert_eq!((w, v), ([0.02], [4.0]));
///
/// let all = RmsProp::new(0.01).momentum(0.9).centred();
/// fn moments<O: Optimizer>(_: &O) -> usize {
///     O::MOMENTS
/// }
/// assert_eq!(moments(&all), 3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsProp<const MOMENTUM: bool = false, const CENTRED: bool = false> {
    learning_rate: f64,
    smoothing: f64,
    epsilon: f64,
    momentum: f64,
}

impl RmsProp {
    /// With the learning rate α and `PyTorch`'s other defaults: ρ = 0.99, ε = 1e-8, no momentum, not centred.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, smoothing: 0.99, epsilon: 1e-8, momentum: 0.0 }
    }
}

impl<const MOMENTUM: bool, const CENTRED: bool> RmsProp<MOMENTUM, CENTRED> {
    /// How slowly the means forget (ρ, which `PyTorch` calls alpha).
    #[must_use]
    pub const fn smoothing(self, smoothing: f64) -> Self {
        Self { smoothing, ..self }
    }

    /// What keeps the step finite where all gradients are 0.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// Keeps the speed of former steps (μ).
    #[must_use]
    pub const fn momentum(self, momentum: f64) -> RmsProp<true, CENTRED> {
        let Self { learning_rate, smoothing, epsilon, .. } = self;
        RmsProp { learning_rate, smoothing, epsilon, momentum }
    }

    /// Divides by the deviation of the gradient from its mean.
    #[must_use]
    pub const fn centred(self) -> RmsProp<MOMENTUM, true> {
        let Self { learning_rate, smoothing, epsilon, momentum } = self;
        RmsProp { learning_rate, smoothing, epsilon, momentum }
    }
}

impl Default for RmsProp {
    /// Learning rate 0.01.
    fn default() -> Self {
        Self::new(0.01)
    }
}

impl<const MOMENTUM: bool, const CENTRED: bool> Optimizer for RmsProp<MOMENTUM, CENTRED> {
    const MOMENTS: usize = 1 + MOMENTUM as usize + CENTRED as usize;

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn check(&self) -> Result<(), OptimError> {
        OptimError::amount("learning rate", self.learning_rate)?;
        OptimError::fraction("the smoothing", self.smoothing)?;
        OptimError::amount("epsilon", self.epsilon)?;
        OptimError::fraction("the momentum", self.momentum)?;
        Ok(())
    }

    fn update<T: Scalar>(&self, step: StepInfo, weights: &mut [T], gradient: &[T], moments: &mut [&mut [T]]) -> f64 {
        let formula = Propagate::<T, MOMENTUM, CENTRED> {
            smoothing: T::of(self.smoothing),
            rest: T::of(1.0 - self.smoothing),
            epsilon: T::of(self.epsilon),
            momentum: T::of(self.momentum),
            rate: T::of(-step.learning_rate),
        };
        match Self::MOMENTS {
            1 => fused::<T, 1>(step, formula, weights, gradient, moments),
            2 => fused::<T, 2>(step, formula, weights, gradient, moments),
            _ => fused::<T, 3>(step, formula, weights, gradient, moments),
        }
    }

    fn reach(&self, step: StepInfo, before: Extent) -> Extent {
        let Extent { weights, gradient, moments } = before;
        let change = quotient(gradient, self.epsilon);
        let change = if MOMENTUM { self.momentum * moments + change } else { change };
        let moments = moments.max(gradient * gradient);
        Extent {
            weights: weights + step.learning_rate.abs() * change,
            moments: if MOMENTUM { moments.max(change) } else { moments },
            ..before
        }
    }
}

/// What one step does to every weight. The moments are v, then b with momentum, then m where it is centred.
struct Propagate<T, const MOMENTUM: bool, const CENTRED: bool> {
    smoothing: T,
    rest: T,
    epsilon: T,
    momentum: T,
    rate: T,
}

impl<T: Scalar, const N: usize, const MOMENTUM: bool, const CENTRED: bool> Formula<T, N>
    for Propagate<T, MOMENTUM, CENTRED>
{
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, w: S::V, g: S::V, mut moments: [S::V; N]) -> (S::V, [S::V; N]) {
        let (smoothing, rest) = (s.splat(self.smoothing), s.splat(self.rest));
        let v = square_or_zero(s, s.mul_add(smoothing, moments[0], s.mul(rest, s.mul(g, g))));
        moments[0] = v;
        let mut square = v;
        if CENTRED {
            let m = or_zero(s, s.mul_add(smoothing, moments[N - 1], s.mul(rest, g)));
            moments[N - 1] = m;
            square = s.max(s.splat(T::zero()), s.sub(v, s.mul(m, m)));
        }
        let size = s.add(s.sqrt(square), s.splat(self.epsilon));
        if MOMENTUM {
            let b = or_zero(s, s.mul_add(s.splat(self.momentum), moments[1], s.div(g, size)));
            moments[1] = b;
            (s.mul_add(s.splat(self.rate), b, w), moments)
        } else {
            (s.add(w, s.div(s.mul(s.splat(self.rate), g), size)), moments)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// v = (1 + 1) / 2 and m = (2 + 1) / 2, so v - m² is below 0, and its root would be NaN.
    fn below_zero<T: Scalar, O: Optimizer>(optimizer: &O) -> [T; 40] {
        let (mut w, gradient) = ([T::zero(); 40], [T::of(1.0); 40]);
        let (mut v, mut b, mut m) = ([T::of(1.0); 40], [T::zero(); 40], [T::of(2.0); 40]);
        let step = StepInfo::new(1, optimizer.learning_rate());
        if O::MOMENTS == 2 {
            optimizer.update(step, &mut w, &gradient, &mut [&mut v, &mut m]);
        } else {
            optimizer.update(step, &mut w, &gradient, &mut [&mut v, &mut b, &mut m]);
        }
        w
    }

    #[test]
    #[allow(clippy::float_cmp, reason = "halves are exact")]
    fn a_variance_that_rounding_makes_negative_is_zero() {
        let centred = RmsProp::new(0.25).smoothing(0.5).epsilon(0.5).centred();
        // The weights go by the rate over ε.
        assert_eq!(below_zero::<f32, _>(&centred), [-0.5; 40]);
        assert_eq!(below_zero::<f64, _>(&centred), [-0.5; 40]);
        assert_eq!(below_zero::<f32, _>(&centred.momentum(0.5)), [-0.5; 40]);
    }
}
