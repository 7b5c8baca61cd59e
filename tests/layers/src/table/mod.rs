//! The one table of layers, activations and losses, and the tests that loop over it.
//!
//! A new activation is a row in `activations.rs`, a new loss stands in `losses.rs`, and a new layer has its formula in
//! `reference.rs` and its cases in `cases.rs`, or both in the file of its family, such as `norms.rs`. Every test below
//! then covers it.

mod activations;
mod allocation;
mod attention;
mod cases;
mod compact;
mod contract;
mod convolution;
mod elementwise;
mod freezing;
mod gradients;
mod images;
mod loss_threads;
mod losses;
mod norms;
mod numbered;
mod operations;
mod padded;
mod pairs;
mod passes;
mod precision;
mod pytorch;
mod recurrent;
mod reference;
mod regularisation;
mod subject;
mod target;
mod threads;
mod tokens;
mod values;
