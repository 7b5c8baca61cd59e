//! Comma-separated values, one number on each line.

use std::fs::File;
use std::io;
use std::path::Path;

use ::csv::{ReaderBuilder, StringRecord, WriterBuilder};
use typednet_train::{Column, Record, RunView};

use super::log_file::{LogFile, whole_lines};
use crate::{Measurement, Sink, WatchError, WatchedLayer};

/// Writes all numbers in the long form that tables are made from: `epoch,step,layer,quantity,value`.
///
/// The layer is empty where a number is about the whole network. Histograms, findings and pictures are left out. The first
/// row has the quantity `begun`: when the run was begun, in seconds since 1970, by which a run that goes on knows its file.
pub struct CsvFile {
    file: LogFile,
    /// A row in the making.
    row: Vec<u8>,
}

const HEADER: [&str; 5] = ["epoch", "step", "layer", "quantity", "value"];

/// The quantities of a step that are of no layer; all others without a layer are of whole epochs, also those of metrics.
const OF_STEPS: [&str; 2] = ["batch_loss", "learning_rate"];

/// The quantities of whole epochs that are always there.
const OF_EPOCHS: [&str; 5] = ["loss", "accuracy", "validation_loss", "validation_accuracy", "seconds"];

impl CsvFile {
    /// A file for a run; its folder is made where it is missing. A new run writes in the place of a file of that name. A run
    /// that goes on from a checkpoint goes on behind what it had written until then.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, WatchError> {
        Ok(Self { file: LogFile::open(path.as_ref())?, row: Vec::new() })
    }

    fn record(&mut self, fields: &[&str; 5]) -> Result<(), WatchError> {
        let Self { file, row } = self;
        file.write(|file| {
            row.clear();
            let mut writer = WriterBuilder::new().from_writer(&mut *row);
            writer.write_record(fields)?;
            writer.flush()?;
            drop(writer);
            file.write_all(row)
        })
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

/// When a run was begun, in seconds.
fn begun(view: &RunView<'_>) -> String {
    let since = view.run.begun().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{}.{:06}", since.as_secs(), since.subsec_micros())
}

/// How many bytes of the file the run had written when it was at `view`; `None` if the file is not its own.
fn written_by(file: &File, view: &RunView<'_>) -> io::Result<Option<u64>> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(whole_lines(file)?);
    let mut row = StringRecord::new();
    let (mut kept, mut is_own) = (0, false);
    for number in 0.. {
        if !reader.read_record(&mut row)? {
            break;
        }
        let fields: Vec<&str> = row.iter().collect();
        match number {
            0 if fields != HEADER => return Ok(None),
            1 if fields != ["0", "0", "", "begun", &begun(view)] => return Ok(None),
            _ if number < 2 => is_own = number == 1,
            _ => {
                let [epoch, step, layer, quantity, _] = fields[..] else { break };
                let (Ok(epoch), Ok(step)) = (epoch.parse::<usize>(), step.parse::<u64>()) else { break };
                let of_epoch = layer.is_empty() && !OF_STEPS.contains(&quantity);
                if step > view.step || of_epoch && epoch > view.epochs {
                    break;
                }
            }
        }
        kept = reader.position().byte();
    }
    Ok(is_own.then_some(kept))
}

impl Sink for CsvFile {
    fn start(&mut self, view: &RunView<'_>, _: &[WatchedLayer]) -> Result<(), WatchError> {
        if self.file.start(view, |file| written_by(file, view))? {
            self.record(&HEADER)?;
            self.record(&["0", "0", "", "begun", &begun(view)])?;
        }
        Ok(())
    }

    fn measurement(&mut self, layers: &[WatchedLayer], measurement: &Measurement) -> Result<(), WatchError> {
        let Measurement { epoch, step, loss, learning_rate, layers: measured } = measurement;
        self.numbers(*epoch, *step, "", &[(OF_STEPS[0], Some(*loss)), (OF_STEPS[1], Some(*learning_rate))])?;
        for (layer, measured) in layers.iter().zip(measured) {
            self.numbers(*epoch, *step, &layer.name, &measured.numbers())?;
        }
        Ok(())
    }

    fn epoch(&mut self, record: &Record, step: u64) -> Result<(), WatchError> {
        let values = [
            Some(record.training.loss),
            record.training.accuracy,
            record.validation.map(|validation| validation.loss),
            record.validation.and_then(|validation| validation.accuracy),
            Some(record.seconds),
        ];
        let numbers: Vec<_> = OF_EPOCHS.into_iter().zip(values).collect();
        self.numbers(record.epoch, step, "", &numbers)
    }

    fn metrics(&mut self, record: &Record, step: u64, columns: &[Column]) -> Result<(), WatchError> {
        for column in columns {
            let values = column.values().last().copied().unwrap_or_default();
            let of_validation = format!("validation_{}", column.name());
            let numbers = [(column.name(), values.training), (&of_validation[..], values.validation)];
            self.numbers(record.epoch, step, "", &numbers)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), WatchError> {
        self.file.flush()
    }
}
