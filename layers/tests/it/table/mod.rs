//! The one table of layers, activations and losses, and the tests that loop over it.
//!
//! A new layer, activation or loss is one line in `cases.rs`; if it computes something new, `reference.rs` says how in
//! plain `f64` loops. Every test below then covers it.

mod allocation;
mod cases;
mod contract;
mod convolution;
mod freezing;
mod gradients;
mod images;
mod pytorch;
mod reference;
mod regularisation;
mod subject;
mod threads;
mod values;
