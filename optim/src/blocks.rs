//! What a step reads and writes, of any network.

use typednet_layers::LayerInfo;

/// The flat blocks of a step over a network with this tree.
pub(crate) struct Blocks<'a, 'b, T> {
    pub(crate) tree: &'static LayerInfo,
    pub(crate) weights: &'a mut [T],
    pub(crate) gradient: &'a [T],
    pub(crate) moments: &'a mut [&'b mut [T]],
}
