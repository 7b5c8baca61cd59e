//! The tests of the course in one program: the library's generic code is compiled once for all of them.
#![allow(missing_docs, reason = "a test")]

mod course;
mod worked_numbers;
