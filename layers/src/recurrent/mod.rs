//! Layers over the steps of a sequence: recurrent ones, alone and with their states as input and output, and what makes one row of all
//! steps.

mod from_state;
mod gru;
mod last;
mod lstm;
mod mean_over_steps;
mod params;
mod reverse;
mod rnn;
mod with_state;

pub use from_state::{BackwardFrom, Recurrent, RecurrentSteps};
pub use gru::Gru;
pub use last::Last;
pub use lstm::{Lstm, LstmState};
pub use mean_over_steps::MeanOverSteps;
pub use reverse::Reverse;
pub(crate) use reverse::{turn_first, turn_steps};
pub use rnn::Rnn;
pub use with_state::WithState;
