//! Networks and what holds one, taken alike.

#[cfg(feature = "alloc")]
use typednet_tensor::Model;

use crate::Layer;

/// A network, or a [`Model`](typednet_tensor::Model) that holds one: what only reads a network takes `&model` of either.
///
/// ```
/// use typednet_layers::{AsNetwork, Dense, Layer, Network};
///
/// fn name(model: &impl AsNetwork) -> String {
///     fn of<L: Layer>(_: &L) -> String {
///         L::TREE.to_string()
///     }
///     of(model.as_network())
/// }
///
/// let model = Dense::<3, 2>::seeded(0);
/// assert_eq!(name(&model), name(&*model));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a network",
    note = "what `network!` declares is one, and so is a `Model` of it, such as `Net::seeded(0)`"
)]
pub trait AsNetwork {
    /// The network.
    type Network: Layer;

    /// The network itself.
    fn as_network(&self) -> &Self::Network;
}

impl<L: Layer> AsNetwork for L {
    type Network = L;

    #[inline]
    fn as_network(&self) -> &L {
        self
    }
}

#[cfg(feature = "alloc")]
impl<L: Layer> AsNetwork for Model<L> {
    type Network = L;

    #[inline]
    fn as_network(&self) -> &L {
        self
    }
}
