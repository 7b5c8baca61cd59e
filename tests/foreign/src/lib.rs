//! Layers as another crate writes them: names that stand in `network!` without their input sizes.
//!
//! ```
//! use typednet::prelude::*;
//! use typednet_foreign::{Maxout, Scale, ValidConv};
//!
//! network! {
//!     struct Digits: [1, 28, 28]
//!         => ValidConv<4, 5> -> [4, 24, 24]
//!         => ValidConv<2, 24> -> [2, 1, 1]
//! }
//! network! { struct Table: 8 => Scale => Maxout<16, 2> => Scale => Dense<3, Softmax> }
//!
//! assert_eq!(Digits::PARAMS, 4 * 5 * 5 + 4 + 2 * 4 * 24 * 24 + 2);
//! assert_eq!(Table::PARAMS, 8 + 2 * (8 * 16 + 16) + 16 + 16 * 3 + 3);
//! ```
#![forbid(unsafe_code)]

mod conv;
mod maxout;
mod scale;

pub use conv::{Image, ValidConv, ValidConvLayer};
pub use maxout::{Maxout, MaxoutLayer};
pub use scale::{Scale, ScaleLayer};
