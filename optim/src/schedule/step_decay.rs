//! Step decay.

use super::{Schedule, power, some_steps};
use crate::OptimError;

/// γ^⌊t/n⌋: the rate falls at once, every n steps (lecture section 6).
///
/// ```
/// use typednet_optim::schedule::{Schedule, StepDecay};
///
/// let halved = StepDecay::new(30).gamma(0.5);
/// assert_eq!([0, 29, 30, 60].map(|epoch| halved.factor(epoch)), [1.0, 1.0, 0.5, 0.25]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepDecay {
    every: u64,
    gamma: f64,
}

impl StepDecay {
    /// To a tenth (γ = 0.1) every n steps.
    pub const fn new(every: u64) -> Self {
        Self { every, gamma: 0.1 }
    }

    /// What is left of the rate after each fall.
    #[must_use]
    pub const fn gamma(self, gamma: f64) -> Self {
        Self { gamma, ..self }
    }
}

impl Schedule for StepDecay {
    fn factor(&self, step: u64) -> f64 {
        power(self.gamma, step / self.every.max(1))
    }

    fn check(&self) -> Result<(), OptimError> {
        some_steps("number of steps between two decays", self.every)?;
        OptimError::amount("gamma", self.gamma)?;
        Ok(())
    }
}
