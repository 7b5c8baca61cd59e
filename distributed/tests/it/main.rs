//! The tests of typednet-distributed in one program: networks are compiled once for all of them.
#![allow(missing_docs, reason = "a test")]

mod agreement;
mod bits;
mod deaths;
mod meeting;
mod mixup;
mod own_parts;
mod parts;
mod star;
mod study;
mod team;
mod together;
