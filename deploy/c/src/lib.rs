//! Networks as libraries for C: `export_c!(Mnist, "mnist")` in a crate whose type is `staticlib` or `cdylib` is all of it.
//!
//! ```
//! use typednet::prelude::*;
//! use typednet_c::export_c;
//!
//! network! { pub struct Xor: 2 => Dense<8, Tanh> => Dense<1, Sigmoid> -> 1 }
//!
//! export_c!(Xor, "xor");
//! # fn main() {}
//! ```
//!
//! The library then has `xor_load`, `xor_predict` and what else [`export_c!`] lists; `Header` (feature `header`) writes the
//! header that declares them.
//!
//! | module | what is in it |
//! | --- | --- |
//! | `status` | what a call returns, and its text |
//! | `border` | no panic passes it, and the last error of each thread |
//! | `memory` | a caller's pointers and lengths as slices, or what is wrong with them |
//! | `handle` | a model that a caller holds |
//! | `export` | the functions, for any network |
//!
//! This crate has the only `unsafe` between a network and C: what a caller hands over is looked at as far as a program can
//! (null, alignment, lengths, overlap), and the rest is what the header asks for.

// A panic that aborts would end the caller's program, whatever `border` does.
#[cfg(panic = "abort")]
compile_error!("a library for C needs panics that unwind: remove `panic = \"abort\"` from the profile");

mod border;
mod export;
mod handle;
#[cfg(feature = "header")]
mod header;
mod memory;
mod status;

pub use handle::Handle;
#[cfg(feature = "header")]
pub use header::{Header, HeaderError};
pub use status::Status;

/// What [`export_c!`] expands to; no part of what is promised.
#[doc(hidden)]
pub mod __private {
    pub use crate::border::last_error;
    pub use crate::handle::{free, load};
    pub use crate::memory::{predict, predict_many};
    pub use crate::status::text;
    pub use typednet::layers::Layer;
    pub use typednet::tensor::Flat;
}
