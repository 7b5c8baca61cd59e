//! Layers that are convolutions.
//!
//! A layer is its types and its parameters; what it computes is an [`operation`] of `typednet_tensor::conv` on runs of
//! elements, with an activation behind it ([`activated`](crate::activated)).

pub(crate) mod bias;
mod conv1d;
mod conv2d;
mod conv_transpose2d;
pub(crate) mod operation;
pub(crate) mod sizes;

pub use conv_transpose2d::ConvTranspose2d;
pub use conv1d::Conv1d;
pub use conv2d::Conv2d;
