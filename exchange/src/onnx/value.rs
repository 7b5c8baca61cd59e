//! What goes from node to node.

/// Where the channels of a value stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// As here: `[batch, .., channels]`.
    Last,
    /// `[batch, channels, ..]`
    First,
}

/// A tensor of the graph.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) name: String,
    /// The sizes of one sample, as here.
    pub(super) sizes: Vec<usize>,
    pub(super) layout: Layout,
}

impl Value {
    /// The sizes of one sample as they stand in the graph.
    pub(super) fn laid_out(&self) -> Vec<usize> {
        let mut sizes = self.sizes.clone();
        if self.layout == Layout::First {
            sizes.rotate_right(1);
        }
        sizes
    }

    /// The axis of the channels, behind that of the samples.
    pub(super) fn channels(&self) -> usize {
        if self.layout == Layout::First { 1 } else { self.sizes.len() }
    }
}
