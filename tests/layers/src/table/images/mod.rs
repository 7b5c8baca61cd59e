//! Layers over images and other arrays in the table.

pub(super) mod cases;
mod reference;
