//! Layers over the steps of sequences in the table.

pub(super) mod cases;
mod pytorch;
mod reference;
mod streaming;
mod threads;
