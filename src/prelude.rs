//! The prelude, which most programs need: `use typednet::prelude::*;`.

pub use crate::layers::activations::*;
pub use crate::layers::{
    AsNetwork, BatchNorm, Compact, Dense, Dropout, Init, Layer, LayerNorm, Network, Noise, PassContext, Predictor,
    Residual, Sampling, Stream, Streaming, TestScaledDropout,
};
pub use crate::layers::{AvgPool, Conv1d, Conv2d, ConvTranspose2d, GlobalAvgPool, MaxPool, Strides};
pub use crate::loss::{BinaryCrossEntropy, CrossEntropy, SoftCrossEntropy, SquaredError};
pub use crate::optim::{Adam, AdamW, GradientDescent, Momentum, Nesterov, Optimizer};
#[cfg(target_endian = "little")]
pub use crate::tensor::from_le_bytes;
pub use crate::tensor::{Class, Flat, Key, Padded, Pair, Sample, Scalar, Tensor, Token};
#[cfg(target_endian = "little")]
pub use crate::weights;
pub use crate::{Flat, network};

#[cfg(feature = "alloc")]
pub use crate::tensor::Model;

#[cfg(feature = "data")]
pub use crate::data::{Dataset, Image, Split};
#[cfg(feature = "exchange")]
pub use crate::exchange::{Exchange, PersistCompact};
#[cfg(feature = "watch")]
pub use crate::watch::Monitor;
#[cfg(feature = "train")]
pub use crate::{
    tensor::Precision,
    train::{Persist, Progress, Trainer},
};
