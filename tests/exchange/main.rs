//! Networks to other programs and back, compared with what those programs compute.
#![allow(missing_docs, reason = "a test")]
#![forbid(unsafe_code)]
#![deny(warnings)]

mod examples;
mod files;
mod golden;
mod graph;
mod graphs;
mod hostile;
mod import;
mod int8;
mod networks;
mod npz;
mod onnx;
mod orders;
mod padded;
mod refused;
mod torch;
