//! Networks for other programs, and from them.
//!
//! | question | answer |
//! | --- | --- |
//! | how do weights get to `PyTorch`, and its weights here? | [`Torch`], a `state_dict` in a safetensors file |
//! | how does a network run in ONNX Runtime? | [`Onnx`], a file of its layers and weights |
//! | how does a network of another program come here? | [`Import`], as a line of `network!` and its weights |
//! | how do weights get to numpy, and its arrays here? | [`Exchange::save_npz`], [`Exchange::load_npz`] |
//! | how does a compact form get into a file? | [`PersistCompact`] |
//! | in one line? | [`Exchange`], as methods of every network |
//! | what can be wrong? | [`ExchangeError`] |
//!
//! What a layer computes is read from its tree ([`Operation`](typednet_layers::Operation)): a layer that does not say it is refused by its
//! name, and all such layers at once.
#![forbid(unsafe_code)]

mod compact;
mod error;
mod float_dtype;
mod half;
mod methods;
mod npz;
mod onnx;
mod order;
mod parameters;
mod recurrent_activation;
mod supported;
mod text;
mod torch;

pub use compact::{CompactElement, PersistCompact};
pub use error::{Difference, ExchangeError};
pub use float_dtype::FloatDtype;
pub use methods::Exchange;
pub use onnx::{Import, ImportError, Onnx, Problem};
pub use torch::{Arrival, Report, Torch};
