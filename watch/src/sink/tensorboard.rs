//! Event files for `TensorBoard`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use ::crc::{CRC_32_ISCSI, Crc};
use typednet_formats::protobuf::Message;
use typednet_train::{Column, Record, RunView};

use super::create;
use crate::{Finding, Histogram, Measurement, Mistake, Sink, WatchError, WatchedLayer};

/// Writes an event file that `tensorboard --logdir folder` shows: scalars and histograms of each layer, the losses of
/// epochs, findings as text, and mistakes as images.
///
/// A record is `length, checksum, data, checksum` (the `TFRecord` format), and data are an `Event` in protocol buffers.
pub struct TensorBoard {
    path: PathBuf,
    file: BufWriter<File>,
    /// Seconds since 1970.
    clock: fn() -> f64,
}

/// CRC-32C of Castagnoli.
const CHECKSUM: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);

/// How many files this process has made, so that two of one second differ.
static FILES: AtomicU64 = AtomicU64::new(0);

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

impl TensorBoard {
    /// A new event file in `folder`, which is made where it is missing. A run has a folder of its own, with one file for each
    /// time that it was begun or taken up again: of what an earlier file holds, `TensorBoard` shows the steps until the
    /// checkpoint that the run went on from.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn create(folder: impl AsRef<Path>) -> Result<Self, WatchError> {
        let (process, number) = (std::process::id(), FILES.fetch_add(1, Ordering::Relaxed));
        let name = format!("events.out.tfevents.{:010.0}.typednet.{process}.{number}", now().floor());
        Self::with_clock(&folder.as_ref().join(name), now)
    }

    fn with_clock(path: &Path, clock: fn() -> f64) -> Result<Self, WatchError> {
        let mut board = Self { path: path.into(), file: create(path)?, clock };
        board.record(&Message::default().double(1, clock()).text(3, "brain.Event:2"))?;
        Ok(board)
    }

    /// One event with one value.
    fn event(&mut self, step: u64, value: &Message) -> Result<(), WatchError> {
        let summary = Message::default().message(1, value);
        let event = Message::default().double(1, (self.clock)()).integer(2, step).message(5, &summary);
        self.record(&event)
    }

    fn record(&mut self, event: &Message) -> Result<(), WatchError> {
        let data = event.bytes();
        let length = (data.len() as u64).to_le_bytes();
        let pieces = [&length[..], &checksum(&length), data, &checksum(data)];
        let written = pieces.into_iter().try_for_each(|piece| self.file.write_all(piece));
        written.map_err(|error| WatchError::write(&self.path, &error))
    }

    fn scalar(&mut self, step: u64, tag: &str, value: f64) -> Result<(), WatchError> {
        self.event(step, &Message::default().text(1, tag).float(2, value as f32))
    }

    fn scalars(&mut self, step: u64, scalars: &[(&str, Option<f64>)]) -> Result<(), WatchError> {
        scalars.iter().try_for_each(|(tag, value)| value.map_or(Ok(()), |value| self.scalar(step, tag, value)))
    }

    fn histogram(&mut self, step: u64, tag: &str, histogram: &Histogram) -> Result<(), WatchError> {
        let proto = Message::default()
            .double(1, histogram.low)
            .double(2, histogram.high)
            .double(3, histogram.total() as f64)
            .doubles(6, (0..Histogram::BINS).map(|bin| histogram.edge(bin + 1)))
            .doubles(7, histogram.counts.iter().map(|count| f64::from(*count)));
        self.event(step, &Message::default().text(1, tag).message(5, &proto))
    }

    /// A string tensor that the text plugin shows, as Markdown.
    fn text(&mut self, step: u64, tag: &str, text: &str) -> Result<(), WatchError> {
        let plugin = Message::default().message(1, &Message::default().text(1, "text"));
        let one = Message::default().message(2, &Message::default().integer(1, 1));
        let tensor = Message::default().integer(1, 7).message(2, &one).text(8, text);
        self.event(step, &Message::default().text(1, tag).message(8, &tensor).message(9, &plugin))
    }
}

/// Masked, because a checksum of data that hold their own checksum means little.
fn checksum(data: &[u8]) -> [u8; 4] {
    CHECKSUM.checksum(data).rotate_right(15).wrapping_add(0xA282_EAD8).to_le_bytes()
}

impl Sink for TensorBoard {
    fn start(&mut self, view: &RunView<'_>, _: &[WatchedLayer]) -> Result<(), WatchError> {
        if view.step == 0 {
            return Ok(());
        }
        // `SessionLog::START`: what has this step or a later one in the files before is no longer shown.
        let session = Message::default().integer(1, 1);
        let event = Message::default().double(1, (self.clock)()).integer(2, view.step + 1).message(7, &session);
        self.record(&event)
    }

    fn measurement(&mut self, layers: &[WatchedLayer], measurement: &Measurement) -> Result<(), WatchError> {
        let step = measurement.step;
        self.scalar(step, "batch/loss", measurement.loss)?;
        self.scalar(step, "batch/learning_rate", measurement.learning_rate)?;
        for (layer, measured) in layers.iter().zip(&measurement.layers) {
            for (quantity, value) in measured.numbers() {
                if let Some(value) = value {
                    self.scalar(step, &format!("{quantity}/{}", layer.name), value)?;
                }
            }
            let (parameters, activations) = (measured.parameters.as_ref(), measured.activations.as_ref());
            let histograms = [
                ("weights", parameters.map(|p| &p.weights)),
                ("gradients", parameters.map(|p| &p.gradients)),
                ("activations", activations.map(|a| &a.values)),
            ];
            for (quantity, histogram) in histograms {
                if let Some(histogram) = histogram.filter(|histogram| histogram.total() > 0) {
                    self.histogram(step, &format!("{quantity}/{}", layer.name), histogram)?;
                }
            }
        }
        Ok(())
    }

    fn epoch(&mut self, record: &Record, step: u64) -> Result<(), WatchError> {
        let (training, validation) = (record.training, record.validation);
        let scalars = [
            ("epoch/number", Some(record.epoch as f64)),
            ("loss/training", Some(training.loss)),
            ("loss/validation", validation.map(|validation| validation.loss)),
            ("accuracy/training", training.accuracy),
            ("accuracy/validation", validation.and_then(|validation| validation.accuracy)),
            ("epoch/seconds", Some(record.seconds)),
        ];
        self.scalars(step, &scalars)
    }

    fn metrics(&mut self, _: &Record, step: u64, columns: &[Column]) -> Result<(), WatchError> {
        for column in columns {
            let (name, values) = (column.name(), column.values().last().copied().unwrap_or_default());
            for (data, value) in [("training", values.training), ("validation", values.validation)] {
                self.scalars(step, &[(&format!("{name}/{data}"), value)])?;
            }
        }
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> Result<(), WatchError> {
        let tag = match &finding.layer {
            Some(layer) => format!("findings/{}/{layer}", finding.problem.title()),
            None => format!("findings/{}", finding.problem.title()),
        };
        self.text(finding.step, &tag, &finding.to_string())
    }

    fn mistakes(&mut self, step: u64, mistakes: &[Mistake]) -> Result<(), WatchError> {
        for (number, mistake) in (1..).zip(mistakes) {
            let picture = &mistake.picture;
            let image = Message::default()
                .integer(1, picture.height() as u64)
                .integer(2, picture.width() as u64)
                .integer(3, picture.colours() as u64)
                .blob(4, &picture.png());
            let named = Message::default().text(2, &mistake.to_string());
            let tag = format!("mistakes/{number:02}");
            self.event(step, &Message::default().text(1, &tag).message(4, &image).message(9, &named))?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), WatchError> {
        self.file.flush().map_err(|error| WatchError::write(&self.path, &error))
    }
}

#[cfg(test)]
mod tests;
