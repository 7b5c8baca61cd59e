//! One schedule after another.

use super::Schedule;
use crate::OptimError;

/// A schedule before a time, and another from there on; made by [`Schedule::then`].
///
/// ```
/// use typednet_optim::schedule::{Exponential, LinearWarmUp, Polynomial, Schedule};
///
/// // Times are those of the whole; each schedule counts its own from 0.
/// let three = LinearWarmUp::new(0.5, 2).then(2, Exponential::new(0.5)).then(4, Polynomial::new(2));
/// let factors: Vec<f64> = (0..7).map(|step| three.factor(step)).collect();
/// assert_eq!(factors, [0.5, 0.75, 1.0, 0.5, 1.0, 0.5, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Then<A, B> {
    first: A,
    step: u64,
    next: B,
}

impl<A, B> Then<A, B> {
    pub(super) const fn new(first: A, step: u64, next: B) -> Self {
        Self { first, step, next }
    }
}

impl<A: Schedule, B: Schedule> Schedule for Then<A, B> {
    fn factor(&self, step: u64) -> f64 {
        match step.checked_sub(self.step) {
            Some(step) => self.next.factor(step),
            None => self.first.factor(step),
        }
    }

    fn check(&self) -> Result<(), OptimError> {
        self.first.check()?;
        self.next.check()
    }
}
