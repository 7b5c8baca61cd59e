//! When a trial that goes badly is ended.

use std::fmt;
use std::sync::Arc;

use crate::{Finished, TuneError};

/// Decides after each report of a trial whether the trial is worth going on with.
///
/// What `Debug` shows is kept in the study's file, so that a study goes on only with the same pruner.
pub trait Pruner: fmt::Debug + Send + Sync {
    /// Whether the trial with these reports is to end. The last report is the new one; `known` are the finished trials
    /// that it may be compared with.
    fn prune(&self, known: &[Arc<Finished>], reports: &[(u64, f64)]) -> bool;

    /// What can be known to be wrong before the first trial.
    ///
    /// # Errors
    /// If a setting is out of its range.
    fn check(&self) -> Result<(), TuneError> {
        Ok(())
    }
}

/// Ends a trial whose best loss so far is above the median of what finished trials had at the same step (Golovin et al.,
/// *Google Vizier*, 2017; the form is Optuna's `MedianPruner`).
///
/// Let l₁…lₛ be the trial's reports up to step s, and mₛ the median of the losses that completed trials reported at s.
/// The trial ends if min(l₁…lₛ) > mₛ, or if none of l₁…lₛ is finite. It goes on while fewer than
/// [`start_up`](MedianPruner::start_up) trials are complete, while s ≤ [`warm_up`](MedianPruner::warm_up), and where no
/// completed trial reported at s.
///
/// ```
/// use typednet_tune::{MedianPruner, Random, Space, Study};
///
/// let space = Space::new().uniform("level", 0.0, 1.0)?;
/// let study = Study::new(space, Random::new()).pruner(MedianPruner::new().start_up(4).warm_up(2)).trials(20).quiet();
/// let results = study.run(|trial| {
///     let level: f64 = trial.get("level")?;
///     for epoch in 1..=10 {
///         trial.report(epoch, level + 1.0 / epoch as f64)?;
///     }
///     Ok(level)
/// })?;
/// let steps: Vec<usize> = results.trials().iter().map(|trial| trial.reports.len()).collect();
/// assert!(steps[..4].iter().all(|steps| *steps == 10), "no trial is pruned at the start");
/// assert!(steps[4..].iter().all(|steps| [3, 10].contains(steps)), "none within the warm-up");
/// assert!(results.trials().iter().any(|trial| trial.is_pruned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MedianPruner {
    start_up: usize,
    warm_up: u64,
}

impl MedianPruner {
    /// Five trials at the start, no warm-up.
    pub const fn new() -> Self {
        Self { start_up: 5, warm_up: 0 }
    }

    /// How many trials must be complete before one is pruned; at least 1.
    #[must_use]
    pub const fn start_up(self, trials: usize) -> Self {
        Self { start_up: trials, ..self }
    }

    /// Up to which step no trial is pruned.
    #[must_use]
    pub const fn warm_up(self, steps: u64) -> Self {
        Self { warm_up: steps, ..self }
    }
}

impl Default for MedianPruner {
    fn default() -> Self {
        Self::new()
    }
}

impl Pruner for MedianPruner {
    fn prune(&self, known: &[Arc<Finished>], reports: &[(u64, f64)]) -> bool {
        let Some(&(step, _)) = reports.last() else { return false };
        let complete = || known.iter().filter(|trial| trial.loss().is_some());
        if step <= self.warm_up || complete().count() < self.start_up {
            return false;
        }
        // A loss that is not finite is worse than any other.
        let sound = |loss: f64| if loss.is_finite() { loss } else { f64::INFINITY };
        let mut others: Vec<f64> = complete().filter_map(|trial| trial.report_at(step)).map(sound).collect();
        others.sort_by(f64::total_cmp);
        let Some(median) = median(&others) else { return false };
        let best = reports.iter().map(|report| sound(report.1)).fold(f64::INFINITY, f64::min);
        best > median || best.is_infinite()
    }

    fn check(&self) -> Result<(), TuneError> {
        if self.start_up == 0 {
            return Err(TuneError::Setting { name: "the pruner's start-up", found: 0.0, expected: "at least 1 trial" });
        }
        Ok(())
    }
}

/// The middle of sorted numbers, or between the two in the middle.
fn median(sorted: &[f64]) -> Option<f64> {
    let (low, high) = (sorted.get(sorted.len().checked_sub(1)? / 2)?, sorted.get(sorted.len() / 2)?);
    Some(f64::midpoint(*low, *high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outcome;

    fn trial(outcome: Outcome, losses: &[f64]) -> Arc<Finished> {
        let reports = (1..).zip(losses.iter().copied()).collect();
        Arc::new(Finished { index: 0, settings: Vec::new(), outcome, reports, seconds: 0.0 })
    }

    fn complete(losses: &[f64]) -> Arc<Finished> {
        trial(Outcome::Complete { loss: 0.0 }, losses)
    }

    #[test]
    fn the_best_so_far_is_compared_with_the_median_at_the_step() {
        let known = [complete(&[5.0, 4.0, 3.0]), complete(&[4.0, 3.0, 2.0]), complete(&[3.0, 2.0, 1.0])];
        let pruner = MedianPruner::new().start_up(3);
        for (reports, prune) in [
            (&[(1, 4.1)][..], true),
            (&[(1, 4.0)], false),
            (&[(1, 3.9), (2, 3.1)], true),
            // What was good once is good enough.
            (&[(1, 2.5), (2, 9.0)], false),
            (&[(1, 2.5), (2, 9.0), (3, 9.0)], true),
            (&[(1, f64::NAN)], true),
            (&[(1, f64::NAN), (2, 2.9)], false),
            // Nobody reported there.
            (&[(4, 100.0)], false),
            (&[], false),
        ] {
            assert_eq!(pruner.prune(&known, reports), prune, "{reports:?}");
        }
        let even = [complete(&[4.0]), complete(&[2.0])];
        assert!(pruner.start_up(2).prune(&even, &[(1, 3.1)]));
        assert!(!pruner.start_up(2).prune(&even, &[(1, 3.0)]));
    }

    #[test]
    fn start_and_warm_up_are_spared_and_only_complete_trials_count() {
        let known = vec![complete(&[1.0, 1.0, 1.0]); 4];
        let bad = [(1, 9.0), (2, 9.0), (3, 9.0)];
        assert!(!MedianPruner::new().prune(&known, &bad), "five trials are asked for");
        assert!(MedianPruner::new().start_up(4).prune(&known, &bad));
        let warm = MedianPruner::new().start_up(4).warm_up(2);
        assert!(!warm.prune(&known, &bad[..2]));
        assert!(warm.prune(&known, &bad));

        let mut others = known;
        others.push(trial(Outcome::Pruned, &[1.0]));
        others.push(trial(Outcome::Failed { message: String::new() }, &[1.0]));
        assert!(!MedianPruner::new().prune(&others, &bad));
        // Losses that are not finite count as large: the median of 1, 1, inf, inf, inf.
        let wild = [1.0, 1.0, f64::NAN, f64::NAN, f64::NAN].map(|loss| complete(&[loss]));
        assert!(!MedianPruner::new().prune(&wild, &[(1, 9.0)]));
        assert!(MedianPruner::new().prune(&wild, &[(1, f64::NAN)]));
    }
}
