//! Layers that read two samples at once: a [`Pair`](typednet_tensor::Pair).
//!
//! Layers themselves read whole samples that stand side by side. [`Halves`], [`OnFirst`] and [`OnSecond`] stand around those that
//! work on one half, and copy it together (`half.rs`); so every layer can. What reads both halves is [`CrossAttention`], and
//! [`AddToFirst`] goes around it. [`TakeFirst`] leaves the second half behind, [`TakeSecond`] the first.

mod add;
mod attention;
mod cross;
mod half;
mod halves;
mod on;
mod sequence;
mod take;

pub use add::AddToFirst;
pub use attention::CrossAttention;
pub use halves::Halves;
pub use on::{OnFirst, OnSecond};
pub use sequence::Sequence;
pub use take::{TakeFirst, TakeSecond};

pub(crate) use cross::instances;
