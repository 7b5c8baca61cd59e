//! Activations with their derivatives (lecture section 2).

mod elu;
mod gelu;
mod gelu_tanh;
mod hard_swish;
mod layer;
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
mod whole;

/// Every activation that is built in.
pub mod functions {
    pub use super::elu::Elu;
    pub use super::gelu::Gelu;
    pub use super::gelu_tanh::GeluTanh;
    pub use super::hard_swish::HardSwish;
    pub use super::leaky_relu::LeakyRelu;
    pub use super::linear::Linear;
    pub use super::log_softmax::LogSoftmax;
    pub use super::relu::Relu;
    pub use super::sigmoid::Sigmoid;
    pub use super::silu::Silu;
    pub use super::softmax::Softmax;
    pub use super::softplus::Softplus;
    pub use super::step::Step;
    pub use super::tanh::Tanh;
}

pub use layer::ActivationLayer;

pub(crate) use whole::{apply, backward};

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
