//! Exponential decay.

use super::{Schedule, power};
use crate::OptimError;

/// γᵗ: the rate loses the same part in every step (lecture section 6).
///
/// ```
/// use typednet_optim::schedule::{Exponential, Schedule};
///
/// assert_eq!(Exponential::new(0.5).factor(3), 0.125);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential {
    gamma: f64,
}

impl Exponential {
    /// γ of the rate is left after each step.
    pub const fn new(gamma: f64) -> Self {
        Self { gamma }
    }
}

impl Schedule for Exponential {
    fn factor(&self, step: u64) -> f64 {
        power(self.gamma, step)
    }

    fn check(&self) -> Result<(), OptimError> {
        OptimError::amount("gamma", self.gamma).map(drop)
    }
}
