//! The retention of checkpoints: which are written, and which of them stay.

use std::fs;
use std::path::{Path, PathBuf};

use super::runs::{BEST, RunFolder, runs_in, steps_in};
use super::{CheckpointError, SavedRun};
use crate::{History, Objective};

/// The checkpoints that [`fit`](crate::Trainer::fit) writes by itself, given to
/// [`Trainer::checkpoints`](crate::Trainer::checkpoints).
///
/// Each run has a folder of its own in the given one, whose name says when it was begun. So runs stand side by side, also
/// those that are trained at the same time, and none writes to another's files. In a run's folder are
/// `step-000000001200.safetensors`, named by the steps made, of which the newest stay, `best.safetensors` if that is asked
/// for, and `run.json`, which says whose they are. At any moment each of these names stands for a whole file, also when the
/// program is killed; what that has left behind is removed by the next one (see
/// [`write_with`](typednet_formats::write_with)).
///
/// # A program that is started again
/// With [`resume`](Checkpoints::resume) it goes on with the run that it began itself: of the same network, settings, seed,
/// first weights and data. Without it, it begins a new run:
///
/// ```
/// use typednet_data::Dataset;
/// use typednet_layers::{Dense, Linear, Network, loss::SquaredError};
/// use typednet_optim::Adam;
/// use typednet_train::{Checkpoints, TrainError, Trainer};
///
/// # let folder = std::env::temp_dir().join(format!("typednet-checkpoints-{}", std::process::id()));
/// let data = Dataset::new([[0.0_f32], [1.0], [2.0]], [[1.0_f32], [3.0], [5.0]])?;
/// let program = |epochs| -> Result<u64, TrainError> {
///     let checkpoints = Checkpoints::new(&folder).every_epochs(5).last(3).best().resume();
///     let mut trainer = Trainer::new(Dense::<1, 1, Linear>::seeded(0), SquaredError::Mean, Adam::new(0.1))
///         .epochs(epochs)
///         .checkpoints(checkpoints)
///         .quiet();
///     trainer.fit(&data)?;
///     Ok(trainer.steps())
/// };
/// assert_eq!(program(10)?, 10);
/// assert_eq!(program(30)?, 30); // 20 of them now
/// let run = Checkpoints::runs(&folder)?.pop().expect("one run");
/// println!("{} in {}", run.run(), run.folder().display());
/// assert!(run.best().is_some());
/// # std::fs::remove_dir_all(folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoints {
    pub(crate) folder: PathBuf,
    pub(crate) every_epochs: usize,
    pub(crate) every_steps: u64,
    pub(crate) resume: bool,
    last: usize,
    pub(crate) best: Option<Objective>,
}

impl Checkpoints {
    /// One after each epoch into the run's folder in `folder`, which is made if it is not there; the newest stays.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), every_epochs: 1, every_steps: 0, resume: false, last: 1, best: None }
    }

    /// One after every `epochs` epochs; none where it is 0.
    #[must_use]
    pub fn every_epochs(self, epochs: usize) -> Self {
        Self { every_epochs: epochs, ..self }
    }

    /// One after every `steps` steps too, also in the middle of an epoch; none where it is 0.
    #[must_use]
    pub fn every_steps(self, steps: u64) -> Self {
        Self { every_steps: steps, ..self }
    }

    /// Before a training begins, looks in the folder for the last run of the same network, settings, seed, first weights and
    /// data, and goes on from its newest checkpoint, as [`Trainer::resume`](crate::Trainer::resume) does. If there is none, or
    /// another trainer is at it, a new run begins.
    #[must_use]
    pub fn resume(self) -> Self {
        Self { resume: true, ..self }
    }

    /// How many of the newest stay, at least 1.
    #[must_use]
    pub fn last(self, count: usize) -> Self {
        Self { last: count, ..self }
    }

    /// After each epoch that is the best so far by its loss, `best.safetensors` is written too.
    #[must_use]
    pub fn best(self) -> Self {
        self.best_by(Objective::Loss)
    }

    /// As [`best`](Checkpoints::best), by the `"accuracy"`, or by a [`Metric`](crate::Metric) of the trainer by its name.
    #[must_use]
    pub fn best_by(self, metric: impl Into<Objective>) -> Self {
        Self { best: Some(metric.into()), ..self }
    }

    /// The newest checkpoint of the run in `folder` that was written to last; `None` if there is none, or no folder.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn newest(folder: impl AsRef<Path>) -> Result<Option<PathBuf>, CheckpointError> {
        for run in runs_in(folder.as_ref())?.iter().rev() {
            if let Some(newest) = run.newest()? {
                return Ok(Some(newest));
            }
        }
        Ok(None)
    }

    /// All runs in `folder`, the one that was written to last at the end.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn runs(folder: impl AsRef<Path>) -> Result<Vec<SavedRun>, CheckpointError> {
        runs_in(folder.as_ref())
    }

    /// Whether the newest epoch of `history` is the best so far, and that is to be kept.
    pub(crate) fn is_best(&self, history: &History) -> bool {
        let (Some(metric), Some(newest)) = (&self.best, history.records().len().checked_sub(1)) else { return false };
        let best = metric.better(history).first_of((0..newest).map(|place| metric.at(history, place)), |old| *old);
        metric.is_better(history, metric.at(history, newest), best, 0.0)
    }

    /// Removes those that need not stay in a run's folder, of `step` steps or fewer.
    pub(crate) fn tidy(&self, folder: &Path, step: u64) -> Result<(), CheckpointError> {
        let mut old = steps_in(folder)?;
        old.retain(|(count, _)| *count <= step);
        old.truncate(old.len().saturating_sub(self.last.max(1)));
        for (_, path) in old {
            fs::remove_file(&path).map_err(|error| CheckpointError::folder(&path, &error))?;
        }
        Ok(())
    }
}

/// The path of the checkpoint after `step` steps in a run's folder.
pub(crate) fn step_path(folder: &Path, step: u64) -> PathBuf {
    folder.join(format!("step-{step:012}.safetensors"))
}

/// The checkpoints of a trainer with optimiser `O`.
pub(crate) struct Keeper<O> {
    pub(crate) checkpoints: Checkpoints,
    /// The optimiser's settings in words.
    pub(crate) describe: fn(&O) -> String,
    /// The folder of the run, once it is entered.
    pub(crate) open: Option<RunFolder>,
}

impl<O> Keeper<O> {
    /// Where the run's checkpoints go.
    pub(crate) fn folder(&self) -> &Path {
        self.open.as_ref().map_or(&self.checkpoints.folder, |open| &open.path)
    }

    /// The path of the checkpoint after `step` steps.
    pub(crate) fn path(&self, step: u64) -> PathBuf {
        step_path(self.folder(), step)
    }

    /// The path of the best checkpoint.
    pub(crate) fn best_path(&self) -> PathBuf {
        self.folder().join(BEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Evaluation, Record};

    /// Whether the last epoch of one with these losses and accuracies is the best so far.
    fn is_best(metric: &Objective, values: &[f64]) -> bool {
        let record = |(place, value): (usize, &f64)| Record {
            epoch: place + 1,
            training: Evaluation { loss: *value, accuracy: Some(*value) },
            validation: None,
            learning_rate: 0.1,
            seconds: 1.0,
        };
        let history: History = values.iter().enumerate().map(record).collect();
        Checkpoints::new("runs").best_by(metric.clone()).is_best(&history)
    }

    #[test]
    fn an_epoch_whose_loss_is_no_number_is_never_the_best_and_never_in_the_way() {
        for nan in [f64::NAN, -f64::NAN] {
            for metric in &[Objective::Loss, Objective::Accuracy] {
                assert!(!is_best(metric, &[nan]) && !is_best(metric, &[0.5, nan]) && !is_best(metric, &[nan, nan]));
                assert!(is_best(metric, &[0.5]) && is_best(metric, &[nan, 0.5,]) && !is_best(metric, &[0.5, nan, 0.5]));
            }
            assert!(is_best(&Objective::Loss, &[0.5, nan, 0.4]) && !is_best(&Objective::Loss, &[0.4, nan, 0.5]));
            assert!(
                is_best(&Objective::Accuracy, &[0.4, nan, 0.5]) && !is_best(&Objective::Accuracy, &[0.5, nan, 0.4])
            );
        }
    }
}
