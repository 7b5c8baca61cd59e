//! Activations with their derivatives (lecture section 2).

mod elu;
mod fns;
mod gelu;
mod gelu_tanh;
mod hard_swish;
pub(crate) mod layer;
mod leaky_relu;
mod linear;
mod log_softmax;
mod relu;
mod sigmoid;
mod silu;
pub(crate) mod softmax;
mod softplus;
mod step;
mod tanh;
#[cfg(test)]
mod tests;
pub(crate) mod vector;

/// The names of all activations, and their functions for a scalar.
macro_rules! functions {
    ($($module:ident::$name:ident)*) => {
        /// Every activation that is built in.
        pub mod functions {
            $(pub use super::$module::$name;)*
        }

        /// Compiles the functions of every activation: see `instances.rs`.
        pub(crate) fn instances<T: Scalar>() {
            $(black_box(ActivationFns::<T>::of::<functions::$name>());)*
        }
    };
}

functions! {
    elu::Elu
    gelu::Gelu
    gelu_tanh::GeluTanh
    hard_swish::HardSwish
    leaky_relu::LeakyRelu
    linear::Linear
    log_softmax::LogSoftmax
    relu::Relu
    sigmoid::Sigmoid
    silu::Silu
    softmax::Softmax
    softplus::Softplus
    step::Step
    tanh::Tanh
}

pub use layer::ActivationLayer;

pub(crate) use fns::{ActivationFns, HasFns};

use core::hint::black_box;

use typednet_tensor::{Scalar, matmul::Epilogue};

use crate::{Arg, Function, Init};

/// A function of a layer's z without parameters, and its derivative.
///
/// Most act on each element by itself; softmax acts on each row of `width` elements.
pub trait Activation<T: Scalar>: 'static {
    /// The activation as it stands in a summary.
    const ARG: Arg;

    /// What it computes, for what writes a network for another program.
    const FUNCTION: Function = Function::Opaque;

    /// How the weights of a layer before this activation start, unless told otherwise.
    const INIT: Init;

    /// What the derivative is a function of.
    const KEEPS: SavesForBackward;

    /// What a matrix product can apply to each element while it writes it; [`Epilogue::None`] if it cannot.
    const EPILOGUE: Epilogue = Epilogue::None;

    /// The two values that a comes ever nearer to as z grows in either direction, where its derivative vanishes: a unit that
    /// gives one of them for every sample hardly learns. `None` if a grows without end in some direction.
    const SATURATES: Option<(f64, f64)> = None;

    /// Whether a = z, so that there is nothing to do in any pass.
    const IS_IDENTITY: bool = false;

    /// Whether a and its derivative are exactly 0 wherever z is below 0: a unit that gives 0 for every sample learns nothing.
    const DIES: bool = false;

    /// z ← σ(z)
    fn apply(z: &mut [T], width: usize);

    /// dy ← dy ⊙ σ'(z), where `kept` is a or z as [`KEEPS`](Activation::KEEPS) says.
    fn backward(kept: &[T], dy: &mut [T], width: usize);
}

/// What the derivative of an activation is a function of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SavesForBackward {
    /// a = σ(z), which is there anyway.
    Output,
    /// z, which the layer must save.
    Input,
}

/// A number as a const parameter, such as the slope in `LeakyRelu<{ bits(0.2) }>`. Inside `network!` it is not needed.
///
/// ```
/// assert_eq!(f64::from_bits(typednet_layers::bits(0.2)), 0.2);
/// ```
pub const fn bits(number: f64) -> u64 {
    number.to_bits()
}
