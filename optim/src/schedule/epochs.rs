//! A schedule of epochs for those who count steps.

use super::{Schedule, some_steps};
use crate::OptimError;

/// A schedule whose time is epochs, asked with steps; made by [`Schedule::by_epoch`].
///
/// ```
/// use typednet_optim::schedule::{Exponential, Schedule};
///
/// let halved = Exponential::new(0.5).by_epoch(100);
/// assert_eq!([0, 99, 100, 250].map(|step| halved.factor(step)), [1.0, 1.0, 0.5, 0.25]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ByEpoch<S> {
    schedule: S,
    steps: u64,
}

impl<S> ByEpoch<S> {
    pub(super) const fn new(schedule: S, steps: u64) -> Self {
        Self { schedule, steps }
    }
}

impl<S: Schedule> Schedule for ByEpoch<S> {
    fn factor(&self, step: u64) -> f64 {
        self.schedule.factor(step / self.steps.max(1))
    }

    fn check(&self) -> Result<(), OptimError> {
        some_steps("number of steps of an epoch", self.steps)?;
        self.schedule.check()
    }
}
