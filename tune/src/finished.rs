//! Finished trials.

use crate::Setting;

/// A trial that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// Its number in the study, from 0.
    pub index: usize,
    /// What each parameter was set to, in the order of the space.
    pub settings: Vec<Setting>,
    /// How it ended.
    pub outcome: Outcome,
    /// What it reported on its way: steps, and the loss at each; NaN where that was not finite.
    pub reports: Vec<(u64, f64)>,
    /// How long it took.
    pub seconds: f64,
}

/// How a trial ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// With a finite loss.
    Complete {
        /// The loss, which the study makes small.
        loss: f64,
    },
    /// By the pruner, before its end.
    Pruned,
    /// With an error, or with a loss that is not finite.
    Failed {
        /// What it said.
        message: String,
    },
}

impl Finished {
    /// The loss of a trial that came to its end.
    pub const fn loss(&self) -> Option<f64> {
        match self.outcome {
            Outcome::Complete { loss } => Some(loss),
            _ => None,
        }
    }

    /// The loss of a trial that came to its end, the last report of one that was pruned; `None` where neither is finite.
    pub fn last_loss(&self) -> Option<f64> {
        match self.outcome {
            Outcome::Complete { loss } => Some(loss),
            Outcome::Pruned => self.reports.last().map(|report| report.1).filter(|loss| loss.is_finite()),
            Outcome::Failed { .. } => None,
        }
    }

    /// Whether the pruner ended it.
    pub const fn is_pruned(&self) -> bool {
        matches!(self.outcome, Outcome::Pruned)
    }

    /// Whether it failed.
    pub const fn is_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed { .. })
    }

    /// The loss reported at a step.
    pub fn report_at(&self, step: u64) -> Option<f64> {
        let place = self.reports.binary_search_by_key(&step, |report| report.0).ok()?;
        Some(self.reports[place].1)
    }
}
