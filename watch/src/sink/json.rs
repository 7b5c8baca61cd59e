//! JSON, one object on each line.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use typednet_train::Record;

use super::create;
use crate::{Finding, Measurement, Sink, WatchError, WatchedLayer};

/// Writes everything but pictures as JSON lines.
///
/// Each line is an object whose member `type` is `layers`, `measurement`, `epoch` or `finding`. What is infinite or not a
/// number is `null`.
pub struct JsonLines {
    path: PathBuf,
    file: BufWriter<File>,
}

impl JsonLines {
    /// A new file, in the place of one of that name; its folder is made where it is missing.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, WatchError> {
        let path = path.as_ref();
        Ok(Self { path: path.into(), file: create(path)? })
    }

    fn line(&mut self, line: &Line<'_>) -> Result<(), WatchError> {
        let written = serde_json::to_writer(&mut self.file, line).map_err(std::io::Error::from);
        let written = written.and_then(|()| self.file.write_all(b"\n"));
        written.map_err(|error| WatchError::write(&self.path, &error))
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line<'a> {
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
    Finding {
        #[serde(flatten)]
        finding: &'a Finding,
        words: String,
        advice: &'static str,
    },
}

impl Sink for JsonLines {
    fn start(&mut self, layers: &[WatchedLayer]) -> Result<(), WatchError> {
        self.line(&Line::Layers { layers })
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

    fn finding(&mut self, finding: &Finding) -> Result<(), WatchError> {
        self.line(&Line::Finding { finding, words: finding.words(), advice: finding.illness.advice() })
    }

    fn flush(&mut self) -> Result<(), WatchError> {
        self.file.flush().map_err(|error| WatchError::write(&self.path, &error))
    }
}
