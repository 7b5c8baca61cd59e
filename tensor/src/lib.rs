//! Shapes as types, and the kernels below them.
//!
//! A sample is a nested array ([`Sample`]), a batch a slice of samples, a parameter block any value that is one run of
//! elements ([`Flat`]). [`ops`] are operations on runs of elements, [`simd`] runs loops at the processor's full width,
//! [`matmul`] holds the matrix products, [`conv`] convolutions, [`pooling`] poolings, [`normalisation`] batch normalisations,
//! [`recurrent`] recurrent layers, [`attention`] attention, [`size`] products of sizes, [`Key`] the random numbers, [`noise`] makes runs of
//! them; [`Better`] says what is best among numbers. This is the only crate of typednet with
//! hand-written `unsafe`.
#![cfg_attr(not(feature = "std"), no_std)]
#![allow(clippy::inline_always, reason = "a kernel must be inlined into the function that is compiled for its lane")]

#[cfg(feature = "alloc")]
extern crate alloc;

mod aligned;
pub mod attention;
mod better;
mod bytes;
mod class;
pub mod compact;
pub mod conv;
mod errors;
mod flat;
#[doc(hidden)]
pub mod instances;
mod least_part;
pub mod matmul;
#[cfg(feature = "alloc")]
mod model;
pub mod noise;
pub mod normalisation;
pub mod ops;
mod padded;
mod pair;
mod parallel;
#[cfg(feature = "std")]
mod pool;
pub mod pooling;
#[cfg(feature = "std")]
mod precision;
mod random;
pub mod recurrent;
mod row_parts;
mod same;
mod sample;
mod scalar;
pub mod simd;
pub mod size;
mod tensor;
#[cfg(test)]
mod test_pools;
mod token;

pub use aligned::Aligned;
pub use better::Better;
pub use bytes::{fill_from_le_bytes, with_le_bytes};
pub use class::{Class, LabelError};
pub use flat::{Flat, bytes_mut, value_mut, zeros};
#[cfg(target_endian = "little")]
pub use flat::{from_le_bytes, le_bytes_mut};
#[doc(hidden)]
pub use flat::{recast, recast_mut};
pub use least_part::LeastPart;
#[cfg(feature = "alloc")]
pub use model::{Buffer, Model, NoMemory};
pub use padded::{Count, Marked, Padded, PaddingError, Steps};
pub use pair::{Beside, Pair, Word};
pub use parallel::{Parallel, Pool, split_both, split_elements, split_rows};
#[cfg(feature = "std")]
pub use pool::ThreadPool;
#[cfg(feature = "std")]
pub use precision::{NoTiles, Precision, Rounds};
pub use random::Key;
pub use row_parts::RowParts;
#[doc(hidden)]
pub use same::{same, same_mut};
pub use sample::{Differentiable, NoGradient, Sample, Shape, flat, flat_mut, rows, rows_mut, zeroed_in};
#[cfg(feature = "alloc")]
pub use sample::{reshaped, zeroed_sample, zeroed_samples};
pub use scalar::{AnyBits, Element, Scalar};
pub use tensor::Tensor;
pub use token::{Token, TokenError};
