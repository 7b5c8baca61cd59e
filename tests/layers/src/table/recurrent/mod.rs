//! Layers over the steps of sequences in the table.

pub(super) mod cases;
pub(super) mod from_state;
mod pytorch;
mod reference;
mod streaming;
mod threads;
