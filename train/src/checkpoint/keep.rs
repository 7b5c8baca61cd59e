//! Which checkpoints a training writes, and which of them stay.

use std::fs;
use std::path::{Path, PathBuf};

use super::CheckpointError;
use super::archive::io_error;
use crate::{History, Metric};

/// The checkpoints that [`fit`](crate::Trainer::fit) writes by itself, given to
/// [`Trainer::checkpoints`](crate::Trainer::checkpoints).
///
/// The folder belongs to one training. In it are `step-000000001200.safetensors`, named by the steps made, of which the
/// newest stay, and `best.safetensors` if that is asked for. At any moment each of these names stands for a whole
/// checkpoint, also when the program is killed; what a killed program has left behind is removed by the next one (see
/// [`write_with`](typednet_formats::write_with)).
///
/// ```
/// use typednet_train::Checkpoints;
///
/// let checkpoints = Checkpoints::new("runs/digits").every_epochs(5).last(3).best();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoints {
    pub(crate) folder: PathBuf,
    pub(crate) every_epochs: usize,
    pub(crate) every_steps: u64,
    last: usize,
    best: Option<Metric>,
}

impl Checkpoints {
    /// One after each epoch into `folder`, which is made if it is not there; the newest stays.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), every_epochs: 1, every_steps: 0, last: 1, best: None }
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

    /// How many of the newest stay, at least 1.
    #[must_use]
    pub fn last(self, count: usize) -> Self {
        Self { last: count, ..self }
    }

    /// After each epoch that is the best so far by its loss, `best.safetensors` is written too.
    #[must_use]
    pub fn best(self) -> Self {
        self.best_by(Metric::Loss)
    }

    /// As [`best`](Checkpoints::best), by another metric.
    #[must_use]
    pub fn best_by(self, metric: Metric) -> Self {
        Self { best: Some(metric), ..self }
    }

    /// The checkpoint in `folder` that most steps were made before; `None` if there is none, or no folder.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn newest(folder: impl AsRef<Path>) -> Result<Option<PathBuf>, CheckpointError> {
        let folder = folder.as_ref();
        if !folder.exists() {
            return Ok(None);
        }
        Ok(steps_in(folder)?.pop().map(|(_, path)| path))
    }

    /// The path of the checkpoint after `step` steps.
    pub(crate) fn path(&self, step: u64) -> PathBuf {
        self.folder.join(format!("step-{step:012}.safetensors"))
    }

    /// The path of the best checkpoint, if the newest epoch of `history` is the best so far.
    pub(crate) fn best_path(&self, history: &History) -> Option<PathBuf> {
        let metric = self.best?;
        let (newest, before) = history.records().split_last()?;
        let newest = metric.of(newest);
        let best = metric.better().first_of(before.iter().map(|record| metric.of(record)), |old| *old);
        metric.is_better(newest, best, 0.0).then(|| self.folder.join("best.safetensors"))
    }

    /// Removes those that need not stay, of `step` steps or fewer.
    pub(crate) fn tidy(&self, step: u64) -> Result<(), CheckpointError> {
        let mut old = steps_in(&self.folder)?;
        old.retain(|(count, _)| *count <= step);
        old.truncate(old.len().saturating_sub(self.last.max(1)));
        for (_, path) in old {
            fs::remove_file(&path).map_err(|error| io_error(&path, &error))?;
        }
        Ok(())
    }
}

/// The numbered checkpoints of a folder with their steps, those of fewer steps first.
fn steps_in(folder: &Path) -> Result<Vec<(u64, PathBuf)>, CheckpointError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| io_error(folder, &error))? {
        let path = entry.map_err(|error| io_error(folder, &error))?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let number = name.and_then(|name| name.strip_prefix("step-")?.strip_suffix(".safetensors")?.parse().ok());
        if let Some(step) = number {
            found.push((step, path));
        }
    }
    found.sort();
    Ok(found)
}

/// The checkpoints of a trainer with optimiser `O`.
pub(crate) struct Keeper<O> {
    pub(crate) checkpoints: Checkpoints,
    /// The optimiser's settings in words.
    pub(crate) describe: fn(&O) -> String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Evaluation, Record};

    /// Whether the last epoch of one with these losses and accuracies is the best so far.
    fn is_best(metric: Metric, values: &[f64]) -> bool {
        let record = |(place, value): (usize, &f64)| Record {
            epoch: place + 1,
            training: Evaluation { loss: *value, accuracy: Some(*value) },
            validation: None,
            learning_rate: 0.1,
            seconds: 1.0,
        };
        let history: History = values.iter().enumerate().map(record).collect();
        Checkpoints::new("runs").best_by(metric).best_path(&history).is_some()
    }

    #[test]
    fn an_epoch_whose_loss_is_no_number_is_never_the_best_and_never_in_the_way() {
        for nan in [f64::NAN, -f64::NAN] {
            for metric in [Metric::Loss, Metric::Accuracy] {
                assert!(!is_best(metric, &[nan]) && !is_best(metric, &[0.5, nan]) && !is_best(metric, &[nan, nan]));
                assert!(is_best(metric, &[0.5]) && is_best(metric, &[nan, 0.5,]) && !is_best(metric, &[0.5, nan, 0.5]));
            }
            assert!(is_best(Metric::Loss, &[0.5, nan, 0.4]) && !is_best(Metric::Loss, &[0.4, nan, 0.5]));
            assert!(is_best(Metric::Accuracy, &[0.4, nan, 0.5]) && !is_best(Metric::Accuracy, &[0.5, nan, 0.4]));
        }
    }
}
