//! The tests of typednet-govern in one program: the library's generic code is compiled once for all of them.
#![allow(missing_docs, reason = "a test")]

mod card;
mod drift;
mod goldens;
mod guard;
mod manifest;
mod saliency;
mod unread;
