//! The tests of typednet-watch in one program: the library's generic code is compiled once for all of them.
#![allow(missing_docs, reason = "a test")]

mod allocation;
mod monitor;
mod problems;
mod report;
mod resume;
mod sinks;
