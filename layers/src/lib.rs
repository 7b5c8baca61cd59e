//! Layers with hand-derived backward passes.
//!
//! A [`Layer`] is its parameters; the trait says what it reads and gives, what memory a pass needs, and how it is
//! differentiated. [`Dense`] and [`Chain`] are layers, and so is every network.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![allow(clippy::inline_always, reason = "a kernel must be inlined into the function that is compiled for its lane")]

#[cfg(feature = "alloc")]
extern crate alloc;

mod activated;
mod activation;
mod add;
mod args;
mod as_network;
mod attention;
mod batch_norm;
mod behaviour;
mod branches;
mod chain;
#[doc(hidden)]
pub mod check;
pub mod compact;
mod concat;
mod conv;
mod crop;
mod dense;
mod dropout;
mod each;
mod embedding;
mod flatten;
mod fold;
#[doc(hidden)]
pub mod foreign;
mod frozen;
mod gaussian;
#[cfg(feature = "alloc")]
mod gradient_check;
mod group_norm;
mod init;
#[doc(hidden)]
pub mod instances;
#[doc(hidden)]
pub mod join;
mod labels;
mod layer;
mod layer_norm;
pub mod loss;
#[cfg(feature = "alloc")]
mod many;
mod moments;
mod network;
mod noise;
#[doc(hidden)]
pub mod opaque;
mod operation;
mod over_slices;
mod pad;
mod padding;
mod pairs;
#[doc(hidden)]
pub mod parts;
pub mod pass;
mod pass_context;
mod placement;
mod pool;
mod positions;
mod recurrent;
mod repeat;
mod reshape;
mod residual;
mod rms_norm;
mod sampling;
mod spec;
mod streaming;
mod strides;
mod summary;
mod swi_glu;
mod threads;
mod tied_embedding;
mod tree;
mod upsample;
#[cfg(target_endian = "little")]
pub mod weights;
mod workspace;

#[doc(hidden)]
pub use activation::functions as activations;
pub use activation::functions::*;
pub use activation::{Activation, ActivationLayer, SavesForBackward, bits};
pub use add::Add;
pub use as_network::AsNetwork;
pub use attention::{Attention, AttentionMode, Causal, Full, Rotary, TransformerBlock};
pub use batch_norm::{BatchNorm, FrozenBatchNorm};
pub use behaviour::{Behaviour, Health};
pub use chain::Chain;
pub use compact::{Compact, Predictor};
pub use concat::Concat;
pub use conv::{Conv1d, Conv2d, ConvTranspose2d};
pub use crop::Crop;
pub use dense::Dense;
pub use dropout::{Dropout, TestScaledDropout};
pub use each::Each;
pub use embedding::Embedding;
pub use flatten::Flatten;
pub use frozen::Frozen;
pub use gaussian::Gaussian;
#[cfg(feature = "alloc")]
pub use gradient_check::{WrongGradient, assert_gradients, check_gradients, check_parameter_gradients};
pub use group_norm::GroupNorm;
pub use init::Init;
pub use labels::{Branches, Labels, Named, branch_name};
pub use layer::{Gradient, Layer, Output, Trace};
pub use layer_norm::LayerNorm;
pub use network::Network;
pub use noise::Noise;
pub use operation::{Function, Operation, Sliding};
#[doc(hidden)]
pub use over_slices::{BackwardOverSlices, ForwardOverSlices};
pub use pad::Pad;
pub use padding::{EndPadded, Lengths, OnPadded, PaddedEmbedding, PaddedTiedEmbedding, ReadsPadded};
pub use pairs::{AddToFirst, CrossAttention, Halves, OnFirst, OnSecond, Sequence, TakeFirst, TakeSecond};
pub use pass_context::PassContext;
pub use pool::{AvgPool, GlobalAvgPool, MaxPool};
pub use positions::{Positions, SinusoidalPositions};
pub use recurrent::{
    BackwardFrom, Gru, Last, Lstm, LstmState, MeanOverSteps, Recurrent, RecurrentSteps, Reverse, Rnn, WithState,
};
pub use repeat::Repeat;
pub use reshape::Reshape;
pub use residual::Residual;
pub use rms_norm::RmsNorm;
pub use sampling::{Sampler, Sampling, SamplingError};
pub use spec::{BuildLayer, Inferred, LayerSpec};
pub use streaming::{StatePair, Stream, Streaming};
pub use strides::{Strides, Window};
pub use summary::Summary;
pub use swi_glu::SwiGlu;
pub use tied_embedding::TiedEmbedding;
pub use tree::{Arg, Child, LayerInfo, Param, ParamKind, Path, Place};
#[doc(hidden)]
pub use typednet_shape_rules as shape_rules;
pub use typednet_shape_rules::Complaint;
pub use upsample::{Bilinear, Interpolation, Nearest, Upsample};
pub use workspace::{Workspace, WorkspaceSize};
