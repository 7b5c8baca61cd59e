//! Activations with their derivatives (lecture section 2).

mod linear;
mod relu;
mod sigmoid;
mod softmax;

pub use linear::Linear;
pub use relu::Relu;
pub use sigmoid::Sigmoid;
pub use softmax::Softmax;

use typednet_tensor::{Scalar, matmul::Epilogue};

use crate::{Arg, Init};

/// A function of a layer's z without parameters, and its derivative.
///
/// Most act on each element by itself; softmax acts on each row of `width` elements.
pub trait Activation<T: Scalar>: 'static {
    /// The activation as it stands in a summary.
    const ARG: Arg;

    /// How the weights of a layer before this activation start, unless told otherwise.
    const INIT: Init;

    /// What the derivative is a function of.
    const KEEPS: Keeps;

    /// What a matrix product can apply to each element while it writes it; [`Epilogue::None`] if it cannot.
    const EPILOGUE: Epilogue = Epilogue::None;

    /// z ← σ(z)
    fn apply(z: &mut [T], width: usize);

    /// dy ← dy ⊙ σ'(z), where `kept` is a or z as [`KEEPS`](Activation::KEEPS) says.
    fn backward(kept: &[T], dy: &mut [T], width: usize);
}

/// What the derivative of an activation is a function of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// a = σ(z), which is there anyway.
    Output,
    /// z, which the layer must save.
    Input,
}
