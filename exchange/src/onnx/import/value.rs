//! Values on their way from node to node.

use super::axes::Axes;
use super::tensor::Tensor;

/// What goes from node to node.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Constant(Tensor<'a>),
    /// What the network has computed so far.
    Computed(Computed),
    /// What a node that cannot be taken would have given.
    Nothing,
}

/// A value that depends on the input.
#[derive(Clone, Debug)]
pub(super) struct Computed {
    pub(super) link: usize,
    pub(super) axes: Axes,
}
