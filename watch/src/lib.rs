//! Monitoring of a training: measured, said in words, and shown (lecture section 9).
//!
//! A [`Monitor`] is given to a trainer as a callback. At a chosen interval of steps it measures every layer; it compares
//! what it sees with [`Thresholds`] and says what is wrong as [`Finding`]s; and it writes to [`Sink`]s.
//!
//! | what | how |
//! | --- | --- |
//! | gradient and weight norms, update ratios, activations, histograms of each layer | [`Monitor`], [`Measurement`] |
//! | vanishing and exploding gradients, dead and saturated units, wrong learning rates, overfitting | [`Finding`] |
//! | lines in the terminal | [`Terminal`] |
//! | files to work on with other programs | [`JsonLines`], [`CsvFile`] |
//! | `TensorBoard` | [`TensorBoard`] |
//! | a page with plots that needs no network | [`Report`] |
//! | samples that the network is wrong about | [`worst_mistakes`], [`Picture`] |
#![forbid(unsafe_code)]

mod diagnosis;
mod error;
mod finding;
mod histogram;
mod layers;
mod log;
mod measurement;
mod mistake;
mod monitor;
mod picture;
mod report;
mod sink;
mod thresholds;

pub use error::WatchError;
pub use finding::{Finding, Problem, Severity};
pub use histogram::Histogram;
pub use layers::WatchedLayer;
pub use log::Log;
pub use measurement::{Activations, LayerMeasurement, Measurement, Parameters};
pub use mistake::{Mistake, worst_mistakes};
pub use monitor::Monitor;
pub use picture::{Picture, PictureShape};
pub use report::Report;
pub use sink::{CsvFile, JsonLines, Sink, TensorBoard, Terminal};
pub use thresholds::Thresholds;
