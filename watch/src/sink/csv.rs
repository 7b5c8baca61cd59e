//! Comma-separated values, one number on each line.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use ::csv::Writer;
use typednet_train::Record;

use super::create;
use crate::{Measurement, Sink, WatchError, WatchedLayer};

/// Writes all numbers in the long form that tables are made from: `epoch,step,layer,quantity,value`.
///
/// The layer is empty where a number is about the whole network. Histograms, findings and pictures are left out.
pub struct CsvFile {
    path: PathBuf,
    writer: Writer<io::BufWriter<File>>,
}

impl CsvFile {
    /// A new file, in the place of one of that name; its folder is made where it is missing.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, WatchError> {
        let path = path.as_ref();
        let mut file = Self { path: path.into(), writer: Writer::from_writer(create(path)?) };
        file.record(&["epoch", "step", "layer", "quantity", "value"])?;
        Ok(file)
    }

    fn record(&mut self, fields: &[&str; 5]) -> Result<(), WatchError> {
        self.writer.write_record(fields).map_err(|error| WatchError::write(&self.path, &error.into()))
    }

    fn numbers(
        &mut self,
        epoch: usize,
        step: u64,
        layer: &str,
        numbers: &[(&str, Option<f64>)],
    ) -> Result<(), WatchError> {
        let (epoch, step) = (epoch.to_string(), step.to_string());
        for (quantity, value) in numbers {
            if let Some(value) = value {
                self.record(&[&epoch, &step, layer, quantity, &value.to_string()])?;
            }
        }
        Ok(())
    }
}

impl Sink for CsvFile {
    fn measurement(&mut self, layers: &[WatchedLayer], measurement: &Measurement) -> Result<(), WatchError> {
        let Measurement { epoch, step, loss, learning_rate, layers: measured } = measurement;
        self.numbers(*epoch, *step, "", &[("batch_loss", Some(*loss)), ("learning_rate", Some(*learning_rate))])?;
        for (layer, measured) in layers.iter().zip(measured) {
            self.numbers(*epoch, *step, &layer.name, &measured.numbers())?;
        }
        Ok(())
    }

    fn epoch(&mut self, record: &Record, step: u64) -> Result<(), WatchError> {
        let numbers = [
            ("loss", Some(record.training.loss)),
            ("accuracy", record.training.accuracy),
            ("validation_loss", record.validation.map(|validation| validation.loss)),
            ("validation_accuracy", record.validation.and_then(|validation| validation.accuracy)),
            ("seconds", Some(record.seconds)),
        ];
        self.numbers(record.epoch, step, "", &numbers)
    }

    fn flush(&mut self) -> Result<(), WatchError> {
        self.writer.flush().map_err(|error| WatchError::write(&self.path, &error))
    }
}
