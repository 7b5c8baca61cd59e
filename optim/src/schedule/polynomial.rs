//! Polynomial decay.

use num_traits::Float;

use super::{Schedule, part, some_steps};
use crate::OptimError;

/// (1 − t/n)ᵖ: down to 0 in n steps, along a line for p = 1.
///
/// ```
/// use typednet_optim::schedule::{Polynomial, Schedule};
///
/// let decay = Polynomial::new(10).power(2.0);
/// assert_eq!([0, 5, 10, 11].map(|step| decay.factor(step)), [1.0, 0.25, 0.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Polynomial {
    steps: u64,
    power: f64,
}

impl Polynomial {
    /// Along a line (p = 1), to 0 after n steps.
    pub const fn new(steps: u64) -> Self {
        Self { steps, power: 1.0 }
    }

    /// The exponent p.
    #[must_use]
    pub const fn power(self, power: f64) -> Self {
        Self { power, ..self }
    }
}

impl Schedule for Polynomial {
    fn factor(&self, step: u64) -> f64 {
        Float::powf(1.0 - part(step, self.steps), self.power)
    }

    fn check(&self) -> Result<(), OptimError> {
        some_steps("number of steps of the decay", self.steps)?;
        OptimError::positive("power of the decay", self.power)?;
        Ok(())
    }
}
