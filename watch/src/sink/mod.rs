//! Sinks: where measurements go.

mod csv;
mod json;
mod log_file;
mod tensorboard;
mod terminal;

pub use csv::CsvFile;
pub use json::JsonLines;
pub use tensorboard::TensorBoard;
pub use terminal::Terminal;

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use typednet_train::{Column, Record, RunView};

use crate::{Finding, Measurement, Mistake, WatchError, WatchedLayer};

/// A place that a [`Monitor`](crate::Monitor) writes to.
///
/// Measurements come in the order of their steps, a few seconds after they were made; after those of an epoch come its record
/// and what was found in it. Each method does nothing unless it is written.
///
/// ```
/// use typednet_train::Record;
/// use typednet_watch::{Finding, Sink, WatchError};
///
/// /// Rings a bell.
/// struct Bell;
///
/// impl Sink for Bell {
///     fn finding(&mut self, finding: &Finding) -> Result<(), WatchError> {
///         println!("\x07{finding}");
///         Ok(())
///     }
/// }
/// ```
pub trait Sink: Send {
    /// The first call: the run, how far it is, and what is watched. Of a run that goes on from a checkpoint, what was
    /// written after that checkpoint comes again.
    ///
    /// # Errors
    /// If it cannot be written; so with all methods.
    fn start(&mut self, view: &RunView<'_>, layers: &[WatchedLayer]) -> Result<(), WatchError> {
        let _ = (view, layers);
        Ok(())
    }

    /// What was measured in a step.
    ///
    /// # Errors
    /// As [`start`](Sink::start).
    fn measurement(&mut self, layers: &[WatchedLayer], measurement: &Measurement) -> Result<(), WatchError> {
        let _ = (layers, measurement);
        Ok(())
    }

    /// The record of an epoch, and the number of its last step.
    ///
    /// # Errors
    /// As [`start`](Sink::start).
    fn epoch(&mut self, record: &Record, step: u64) -> Result<(), WatchError> {
        let _ = (record, step);
        Ok(())
    }

    /// The metrics that are measured beside loss and accuracy, if there are some; the last value of each is that of the epoch
    /// whose record came just before.
    ///
    /// # Errors
    /// As [`start`](Sink::start).
    fn metrics(&mut self, record: &Record, step: u64, columns: &[Column]) -> Result<(), WatchError> {
        let _ = (record, step, columns);
        Ok(())
    }

    /// Something that is wrong.
    ///
    /// # Errors
    /// As [`start`](Sink::start).
    fn finding(&mut self, finding: &Finding) -> Result<(), WatchError> {
        let _ = finding;
        Ok(())
    }

    /// Pictures of samples that the network takes for something else, after step `step`.
    ///
    /// # Errors
    /// As [`start`](Sink::start).
    fn mistakes(&mut self, step: u64, mistakes: &[Mistake]) -> Result<(), WatchError> {
        let _ = (step, mistakes);
        Ok(())
    }

    /// All was written for now: it should reach the file.
    ///
    /// # Errors
    /// As [`start`](Sink::start).
    fn flush(&mut self) -> Result<(), WatchError> {
        Ok(())
    }
}

/// Makes the folder that a file is to be in.
fn make_folder(path: &Path) -> Result<(), WatchError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    fs::create_dir_all(folder).map_err(|error| WatchError::write(folder, &error))
}

/// A new file, in a folder that is made where it is missing.
fn create(path: &Path) -> Result<BufWriter<File>, WatchError> {
    make_folder(path)?;
    File::create(path).map(BufWriter::new).map_err(|error| WatchError::write(path, &error))
}
