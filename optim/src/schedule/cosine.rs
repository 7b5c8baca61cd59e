//! Cosine annealing.

use super::{Schedule, half_wave, part, some_steps};
use crate::OptimError;

/// f + (1 − f)·(1 + cos(π·t/n)) / 2: slowly, then fast, then slowly down to the floor f (lecture section 6; Loshchilov
/// and Hutter 2017).
///
/// After n steps it stays at the floor. (`PyTorch` goes up again there.)
///
/// ```
/// use typednet_optim::schedule::{Cosine, Schedule};
///
/// let cosine = Cosine::new(10).floor(0.25);
/// assert_eq!([0, 10, 99].map(|step| cosine.factor(step)), [1.0, 0.25, 0.25]);
/// assert!((cosine.factor(5) - 0.625).abs() < 1e-15, "half of the way");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cosine {
    steps: u64,
    floor: f64,
}

impl Cosine {
    /// From 1 to 0 in n steps.
    pub const fn new(steps: u64) -> Self {
        Self { steps, floor: 0.0 }
    }

    /// The factor at the end (f). `PyTorch`'s `eta_min` is a rate, this is a part of the optimiser's.
    #[must_use]
    pub const fn floor(self, floor: f64) -> Self {
        Self { floor, ..self }
    }
}

impl Schedule for Cosine {
    fn factor(&self, step: u64) -> f64 {
        half_wave(1.0, self.floor, part(step, self.steps))
    }

    fn check(&self) -> Result<(), OptimError> {
        some_steps("number of steps of the annealing", self.steps)?;
        OptimError::amount("floor of the learning rate's factor", self.floor)?;
        Ok(())
    }
}
