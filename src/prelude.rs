//! What most programs need: `use typednet::prelude::*;`.

pub use crate::layers::{
    Dense, Elu, Gelu, GeluTanh, Layer, LeakyRelu, Linear, LogSoftmax, Network, Relu, Run, Sigmoid, Silu, Softmax,
    Softplus, Step, Tanh,
};
pub use crate::loss::{CrossEntropy, SquaredError};
pub use crate::network;
pub use crate::tensor::{Class, Flat, Key, Sample, Scalar};

#[cfg(feature = "alloc")]
pub use crate::tensor::Model;

#[cfg(feature = "std")]
pub use crate::train::Trainer;
