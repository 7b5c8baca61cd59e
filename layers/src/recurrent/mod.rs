//! Layers over the steps of a sequence: recurrent ones, and what makes one row of all steps.

mod gru;
mod last;
mod lstm;
mod mean_over_steps;
mod params;
mod reverse;
mod rnn;

pub use gru::Gru;
pub use last::Last;
pub use lstm::{Lstm, LstmState};
pub use mean_over_steps::MeanOverSteps;
pub use reverse::Reverse;
pub(crate) use reverse::turn_steps;
pub use rnn::Rnn;
