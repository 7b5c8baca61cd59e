//! The tests of the whole library in one program: the library's generic code is compiled once for all of them.
#![allow(missing_docs, reason = "a test")]
#![forbid(unsafe_code)]
#![deny(warnings)]

mod bits;
mod branches;
mod by_hand;
mod compact;
mod errors;
mod images;
#[cfg(feature = "full")]
mod names;
mod network;
mod opaque;
mod outputs;
#[cfg(feature = "full")]
mod padded;
#[cfg(feature = "full")]
mod pairs;
mod regularisation;
mod shipping;
#[cfg(feature = "full")]
mod stack;
#[cfg(feature = "full")]
mod states;
mod table;
#[cfg(feature = "train")]
mod tied;
mod training;
