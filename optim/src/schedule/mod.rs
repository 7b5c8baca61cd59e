//! Learning rates that change over time.
//!
//! A [`Schedule`] is a function of the time alone: the learning rate of a step is the optimiser's own rate times
//! [`factor`](Schedule::factor). So there is nothing to save, and a training that was stopped goes on with the same bits.
//!
//! Time is counted from 0, in steps or in epochs, as the schedule's own numbers are meant. `PyTorch` calls it
//! `last_epoch`. Per step, ask for `factor(steps made so far)` before each step; per epoch, for `factor(epochs made so
//! far)` before each epoch, or let [`by_epoch`](Schedule::by_epoch) turn the latter into the former. Warm-ups and
//! [`OneCycle`] are usually counted in steps, [`StepDecay`] in epochs.
//!
//! | schedule | factor | in `PyTorch` |
//! | --- | --- | --- |
//! | [`Constant`] | c | `ConstantLR` |
//! | [`StepDecay`] | γ^⌊t/n⌋ | `StepLR` |
//! | [`Exponential`] | γᵗ | `ExponentialLR` |
//! | [`Cosine`] | from 1 along half a cosine wave | `CosineAnnealingLR` |
//! | [`WarmRestarts`] | the same, again and again | `CosineAnnealingWarmRestarts` |
//! | [`LinearWarmUp`] | rises to 1 along a line | `LinearLR` |
//! | [`Polynomial`] | (1 − t/n)ᵖ | `PolynomialLR` |
//! | [`OneCycle`] | rises to 1, falls to almost 0 | `OneCycleLR` |
//! | [`Then`] | one schedule after another | `SequentialLR` |
//!
//! [`Plateau`] is no function of the time: it is told the validation loss and multiplies with any of them.
//!
//! ```
//! use typednet_optim::schedule::{Cosine, LinearWarmUp, Schedule};
//! use typednet_optim::{Adam, Optimizer};
//!
//! let adam = Adam::new(0.01);
//! let schedule = LinearWarmUp::new(0.1, 100).then(100, Cosine::new(900));
//! let rate = |step| adam.learning_rate() * schedule.factor(step);
//! assert_eq!((rate(0), rate(100)), (0.001, 0.01));
//! assert!((rate(550) - 0.005).abs() < 1e-15 && rate(1000) < 1e-15);
//! ```

mod constant;
mod cosine;
mod epochs;
mod exponential;
mod linear_warm_up;
mod one_cycle;
mod plateau;
mod polynomial;
mod step_decay;
mod then;
mod warm_restarts;

pub use constant::Constant;
pub use cosine::Cosine;
pub use epochs::ByEpoch;
pub use exponential::Exponential;
pub use linear_warm_up::LinearWarmUp;
pub use one_cycle::OneCycle;
pub use plateau::{Plateau, PlateauState};
pub use polynomial::Polynomial;
pub use step_decay::StepDecay;
pub use then::Then;
pub use warm_restarts::WarmRestarts;

use num_traits::Float;

use crate::OptimError;

/// What the learning rate is multiplied with over time.
///
/// One's own schedule is a function:
///
/// ```
/// use typednet_optim::schedule::Schedule;
///
/// /// 1/√(t + 1)
/// struct InverseRoot;
///
/// impl Schedule for InverseRoot {
///     fn factor(&self, step: u64) -> f64 {
///         1.0 / (step as f64 + 1.0).sqrt()
///     }
/// }
///
/// assert_eq!(InverseRoot.factor(3), 0.5);
/// ```
pub trait Schedule: Send + Sync {
    /// The factor at time `step`, the first being 0. It allocates nothing, and is finite and not negative for any time.
    fn factor(&self, step: u64) -> f64;

    /// Whether it can work with its numbers.
    ///
    /// # Errors
    /// The first value that is out of range.
    fn check(&self) -> Result<(), OptimError> {
        Ok(())
    }

    /// This schedule before time `step`, and from there on `next`, which begins with its own time 0.
    fn then<S: Schedule>(self, step: u64, next: S) -> Then<Self, S>
    where
        Self: Sized,
    {
        Then::new(self, step, next)
    }

    /// This schedule, whose time is epochs, for a time of steps: the factor changes every `steps` steps.
    fn by_epoch(self, steps: u64) -> ByEpoch<Self>
    where
        Self: Sized,
    {
        ByEpoch::new(self, steps)
    }
}

impl<S: Schedule + ?Sized> Schedule for &S {
    fn factor(&self, step: u64) -> f64 {
        (**self).factor(step)
    }

    fn check(&self) -> Result<(), OptimError> {
        (**self).check()
    }
}

#[cfg(feature = "alloc")]
impl<S: Schedule + ?Sized> Schedule for alloc::boxed::Box<S> {
    fn factor(&self, step: u64) -> f64 {
        (**self).factor(step)
    }

    fn check(&self) -> Result<(), OptimError> {
        (**self).check()
    }
}

/// How much of the way `step` of `steps` is, at most 1. A way of no steps is behind us.
fn part(step: u64, steps: u64) -> f64 {
    if step >= steps { 1.0 } else { step as f64 / steps as f64 }
}

/// From `start` to `end` along half a cosine wave.
fn half_wave(start: f64, end: f64, part: f64) -> f64 {
    let left = 0.5 * Float::cos(core::f64::consts::PI * part) + 0.5;
    start * left + end * (1.0 - left)
}

/// From `start` to `end` along a line.
fn line(start: f64, end: f64, part: f64) -> f64 {
    start + (end - start) * part
}

/// γⁿ; num-traits has it for `i32` only.
fn power(gamma: f64, n: u64) -> f64 {
    Float::powi(gamma, i32::try_from(n).unwrap_or(i32::MAX))
}

/// Refuses 0 steps.
fn some_steps(name: &'static str, steps: u64) -> Result<(), OptimError> {
    OptimError::positive(name, steps as f64).map(drop)
}
