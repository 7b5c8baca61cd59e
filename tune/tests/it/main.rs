//! The tests of typednet-tune in one program: the library's generic code is compiled once for all of them.
#![allow(missing_docs, reason = "a test")]

mod breast_cancer;
mod functions;
mod resume;
mod study;
