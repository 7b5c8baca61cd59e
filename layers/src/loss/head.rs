//! Which last activations a loss fits, asked so that a mistake names the loss and not the activation.
//!
//! A loss that names its activation in the header of its impl makes rustc list the impls that there are; a condition on
//! the activation that a network has does not.

use crate::{LogSoftmax, Softmax};

/// Last activations that give the probabilities of classes, or their logarithms.
pub trait ClassProbabilities {}

impl ClassProbabilities for Softmax {}
impl ClassProbabilities for LogSoftmax {}

/// The activation `A` itself.
pub trait Exactly<A> {}

impl<A> Exactly<A> for A {}
