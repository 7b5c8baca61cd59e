//! Neural networks whose shapes are Rust types.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

pub use typednet_layers as layers;
pub use typednet_layers::loss;
pub use typednet_macro::network;
pub use typednet_optim as optim;
pub use typednet_tensor as tensor;

#[cfg(feature = "std")]
pub use typednet_data as data;
#[cfg(feature = "std")]
pub use typednet_train as train;

pub mod prelude;

/// What the code that [`network!`] writes is made of. It is no part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use typednet_layers::parts::{
        Checked, IsLayer, LayerOf, Part, children, inference, is_activation, kept_of, rows_of, same_one, sample_of, saved, scratch, widest,
    };
    pub use typednet_layers::{Activation, ActivationLayer, Arg, Chain, Dense, Layer, Need, Node, Run, Space, Trace, check, join};
    pub use typednet_layers::{
        Elu, Gelu, GeluTanh, LeakyRelu, Linear, LogSoftmax, Relu, Sigmoid, Silu, Softmax, Softplus, Step, Tanh,
    };
    pub use typednet_tensor::{Sample, Scalar, impl_flat, same, same_mut};
}
