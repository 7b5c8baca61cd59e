//! Linear warm-up.

use super::{Schedule, line, part, some_steps};
use crate::OptimError;

/// f + (1 − f)·t/n: small steps first, while the moments are empty and the gradients large (Goyal et al. 2017).
///
/// After n steps it is 1. A schedule for what follows comes with [`then`](Schedule::then).
///
/// ```
/// use typednet_optim::schedule::{LinearWarmUp, Schedule};
///
/// let warm_up = LinearWarmUp::new(0.5, 4);
/// assert_eq!([0, 1, 2, 4, 100].map(|step| warm_up.factor(step)), [0.5, 0.625, 0.75, 1.0, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearWarmUp {
    start: f64,
    steps: u64,
}

impl LinearWarmUp {
    /// From the factor f at time 0 to 1 in n steps.
    pub const fn new(start: f64, steps: u64) -> Self {
        Self { start, steps }
    }
}

impl Schedule for LinearWarmUp {
    fn factor(&self, step: u64) -> f64 {
        line(self.start, 1.0, part(step, self.steps))
    }

    fn check(&self) -> Result<(), OptimError> {
        OptimError::amount("factor at the start of the warm-up", self.start)?;
        some_steps("number of steps of the warm-up", self.steps)?;
        Ok(())
    }
}
