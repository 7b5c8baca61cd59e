//! The tests of typednet-optim in one program: the library's generic code is compiled once for all of them.
#![allow(missing_docs, reason = "a test")]

mod allocation;
mod around;
mod buffers;
mod common;
mod freezing;
mod groups;
mod parts;
mod pytorch;
mod schedules;
mod section_6;
mod subnormal;
#[allow(dead_code, reason = "some of it is for the library's unit tests")]
mod table;
mod threads;
mod undone;
