//! JSON, one object on each line.

use std::fs::File;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use typednet_train::{Column, Record, RunView};

use super::log_file::{LogFile, leading_lines};
use crate::{Finding, Measurement, Sink, WatchError, WatchedLayer};

/// Writes everything but pictures as JSON lines.
///
/// Each line is an object whose member `type` is `run` (the first line, with the run's name), `layers`, `measurement`, `epoch` or `finding`. What is infinite or not a
/// number is `null`.
pub struct JsonLines {
    file: LogFile,
}

impl JsonLines {
    /// A file for a run; its folder is made where it is missing. A new run writes in the place of a file of that name. A run
    /// that goes on from a checkpoint goes on behind what it had written until then.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, WatchError> {
        Ok(Self { file: LogFile::open(path.as_ref())? })
    }

    fn line(&mut self, line: &Line<'_>) -> Result<(), WatchError> {
        self.file.write(|file| {
            serde_json::to_writer(&mut *file, line)?;
            file.write_all(b"\n")
        })
    }
}

/// What every line tells about its place in the run.
#[derive(Deserialize)]
struct Head {
    r#type: String,
    name: Option<String>,
    epoch: Option<usize>,
    step: Option<u64>,
}

/// How many bytes of the file the run had written when it was at `view`; `None` if the file is not its own.
fn written_by(file: &File, view: &RunView<'_>) -> io::Result<Option<u64>> {
    let mut is_own = false;
    let kept = leading_lines(file, |number, line| {
        let Ok(head) = serde_json::from_slice::<Head>(line) else { return false };
        if number == 0 {
            is_own = head.r#type == "run" && head.name == Some(view.run.name());
            return is_own;
        }
        // Measurements are made in an epoch; its record and its findings come when it is done.
        let epochs = if head.r#type == "measurement" { usize::MAX } else { view.epochs };
        head.step.is_none_or(|step| step <= view.step) && head.epoch.is_none_or(|epoch| epoch <= epochs)
    })?;
    Ok(is_own.then_some(kept))
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line<'a> {
    Run {
        name: String,
    },
    Layers {
        layers: &'a [WatchedLayer],
    },
    Measurement(&'a Measurement),
    Epoch {
        epoch: usize,
        step: u64,
        loss: f64,
        accuracy: Option<f64>,
        validation_loss: Option<f64>,
        validation_accuracy: Option<f64>,
        learning_rate: f64,
        seconds: f64,
    },
    Metrics {
        epoch: usize,
        step: u64,
        metrics: Vec<Metric<'a>>,
    },
    Finding {
        #[serde(flatten)]
        finding: &'a Finding,
        words: String,
        advice: &'static str,
    },
}

/// What a metric was in an epoch.
#[derive(Serialize)]
struct Metric<'a> {
    name: &'a str,
    training: Option<f64>,
    validation: Option<f64>,
}

impl Sink for JsonLines {
    fn start(&mut self, view: &RunView<'_>, layers: &[WatchedLayer]) -> Result<(), WatchError> {
        if self.file.start(view, |file| written_by(file, view))? {
            self.line(&Line::Run { name: view.run.name() })?;
            self.line(&Line::Layers { layers })?;
        }
        Ok(())
    }

    fn measurement(&mut self, _: &[WatchedLayer], measurement: &Measurement) -> Result<(), WatchError> {
        self.line(&Line::Measurement(measurement))
    }

    fn epoch(&mut self, record: &Record, step: u64) -> Result<(), WatchError> {
        self.line(&Line::Epoch {
            epoch: record.epoch,
            step,
            loss: record.training.loss,
            accuracy: record.training.accuracy,
            validation_loss: record.validation.map(|validation| validation.loss),
            validation_accuracy: record.validation.and_then(|validation| validation.accuracy),
            learning_rate: record.learning_rate,
            seconds: record.seconds,
        })
    }

    fn metrics(&mut self, record: &Record, step: u64, columns: &[Column]) -> Result<(), WatchError> {
        let metrics = columns.iter().map(|column| {
            let values = column.values().last().copied().unwrap_or_default();
            Metric { name: column.name(), training: values.training, validation: values.validation }
        });
        self.line(&Line::Metrics { epoch: record.epoch, step, metrics: metrics.collect() })
    }

    fn finding(&mut self, finding: &Finding) -> Result<(), WatchError> {
        self.line(&Line::Finding { finding, words: finding.words(), advice: finding.problem.advice() })
    }

    fn flush(&mut self) -> Result<(), WatchError> {
        self.file.flush()
    }
}
