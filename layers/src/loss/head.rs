//! Which last activations a loss fits, asked so that a mistake names the loss and not the activation.
//!
//! A loss that names its activation in the header of its impl makes rustc list the impls that there are; a condition on
//! the activation that a network has does not.

use typednet_tensor::Scalar;

use crate::{Activation, LogSoftmax, Softmax};

/// Last activations that give the probabilities of classes, or their logarithms.
pub trait ClassProbabilities {
    /// z ← σ(z), in rows of `width`.
    fn apply<T: Scalar>(z: &mut [T], width: usize);
}

impl ClassProbabilities for Softmax {
    fn apply<T: Scalar>(z: &mut [T], width: usize) {
        <Self as Activation<T>>::apply(z, width);
    }
}

impl ClassProbabilities for LogSoftmax {
    fn apply<T: Scalar>(z: &mut [T], width: usize) {
        <Self as Activation<T>>::apply(z, width);
    }
}

/// The activation `A` itself.
pub trait Exactly<A> {}

impl<A> Exactly<A> for A {}
