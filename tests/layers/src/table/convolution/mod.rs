//! Convolutions and poolings in the table.

pub(super) mod cases;
mod pytorch;
mod reference;
mod rules;
