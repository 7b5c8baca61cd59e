//! What is right compiles without a warning, and works.
//!
//! Each file stands for a program of a user; they are modules of one program, which is compiled and linked once.
#![allow(
    dead_code,
    clippy::all,
    clippy::pedantic,
    reason = "the programs show what may be written, not what should be"
)]

pub mod argument_names;
pub mod conditions;
pub mod forms;
pub mod images;
pub mod names;
pub mod sequences;
pub mod states;
pub mod tokens;
pub mod transformers;
