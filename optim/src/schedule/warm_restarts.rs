//! Cosine annealing with warm restarts.

use super::{Schedule, half_wave, part, some_steps};
use crate::OptimError;

/// [`Cosine`](super::Cosine) annealing that starts again when it has come down (SGDR, Loshchilov and Hutter 2017).
///
/// The first wave is n steps long, each further one k times as long as the one before.
///
/// ```
/// use typednet_optim::schedule::{Schedule, WarmRestarts};
///
/// let waves = WarmRestarts::new(10).growth(2);
/// assert_eq!([0, 10, 30, 70].map(|step| waves.factor(step)), [1.0; 4], "they start here");
/// assert!((waves.factor(20) - 0.5).abs() < 1e-15, "the middle of the second");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmRestarts {
    first: u64,
    growth: u64,
    floor: f64,
}

impl WarmRestarts {
    /// Waves of n steps from 1 to 0.
    pub const fn new(first: u64) -> Self {
        Self { first, growth: 1, floor: 0.0 }
    }

    /// How many times longer each wave is than the one before (k).
    #[must_use]
    pub const fn growth(self, growth: u64) -> Self {
        Self { growth, ..self }
    }

    /// The factor that each wave comes down to.
    #[must_use]
    pub const fn floor(self, floor: f64) -> Self {
        Self { floor, ..self }
    }
}

impl Schedule for WarmRestarts {
    fn factor(&self, step: u64) -> f64 {
        let (mut step, mut len) = (step, self.first.max(1));
        if self.growth <= 1 {
            step %= len;
        }
        // Lengths at least double, so there are at most 64 of them.
        while step >= len {
            step -= len;
            len = len.saturating_mul(self.growth);
        }
        half_wave(1.0, self.floor, part(step, len))
    }

    fn check(&self) -> Result<(), OptimError> {
        some_steps("number of steps of the first wave", self.first)?;
        some_steps("growth of the waves", self.growth)?;
        OptimError::amount("floor of the learning rate's factor", self.floor)?;
        Ok(())
    }
}
