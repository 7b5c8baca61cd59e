//! One cycle.

use super::{Schedule, half_wave, line, some_steps};
use crate::OptimError;

/// Up to the optimiser's rate, then down to almost nothing, once in a training (Smith and Topin 2018).
///
/// With the optimiser's rate as the highest (`max_lr` in `PyTorch`):
/// - from 1/d to 1 in the first part p of n steps,
/// - down to 1/(d·e) in the rest; in three phases first down to 1/d in as many steps as it took up,
/// - each along half a cosine wave, or along a line.
///
/// Of `PyTorch`'s `OneCycleLR` it has the rate; the momentum does not move.
///
/// ```
/// use typednet_optim::schedule::{OneCycle, Schedule};
///
/// let cycle = OneCycle::new(100);
/// assert_eq!((cycle.factor(0), cycle.factor(29)), (1.0 / 25.0, 1.0));
/// assert!((cycle.factor(99) - 1.0 / 25e4).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneCycle {
    steps: u64,
    rise: f64,
    start: f64,
    end: f64,
    linear: bool,
    three_phases: bool,
}

impl OneCycle {
    /// A cycle of n steps with `PyTorch`'s other defaults: p = 0.3, d = 25, e = 10,000, cosine waves, two phases.
    pub const fn new(steps: u64) -> Self {
        Self { steps, rise: 0.3, start: 25.0, end: 1e4, linear: false, three_phases: false }
    }

    /// The part of all steps in which the rate rises (p).
    #[must_use]
    pub const fn rise(self, part: f64) -> Self {
        Self { rise: part, ..self }
    }

    /// The first rate is the highest divided by d, the last is the first divided by e.
    #[must_use]
    pub const fn divisors(self, start: f64, end: f64) -> Self {
        Self { start, end, ..self }
    }

    /// Along lines.
    #[must_use]
    pub const fn linear(self) -> Self {
        Self { linear: true, ..self }
    }

    /// Up, as far down again, and then down to the end: the part p of all steps in which the rate rises must be at most ½
    /// then.
    #[must_use]
    pub const fn three_phases(self) -> Self {
        Self { three_phases: true, ..self }
    }
}

impl Schedule for OneCycle {
    fn factor(&self, step: u64) -> f64 {
        let (low, end) = (1.0 / self.start, 1.0 / (self.start * self.end));
        let (now, last) = (step as f64, self.steps as f64 - 1.0);
        let top = self.rise * self.steps as f64 - 1.0;
        let valley = 2.0 * top;
        let (from, to, first, end_of_phase) = if now <= top {
            (low, 1.0, 0.0, top)
        } else if !self.three_phases {
            (1.0, end, top, last)
        } else if now <= valley {
            (1.0, low, top, valley)
        } else {
            (low, end, valley, last)
        };
        // A phase of no steps is at its end, and so is what comes after the cycle.
        let len = end_of_phase - first;
        let part = if now < end_of_phase && len > 0.0 { ((now - first) / len).max(0.0) } else { 1.0 };
        if self.linear { line(from, to, part) } else { half_wave(from, to, part) }
    }

    fn check(&self) -> Result<(), OptimError> {
        some_steps("number of steps of the cycle", self.steps)?;
        OptimError::fraction("the part of the cycle in which the rate rises", self.rise)?;
        if self.three_phases && self.rise > 0.5 {
            return Err(OptimError::LongRise { found: self.rise });
        }
        OptimError::positive("divisor of the first rate", self.start)?;
        OptimError::positive("divisor of the last rate", self.end)?;
        Ok(())
    }
}
