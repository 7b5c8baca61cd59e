//! The parameters of a network or of a compact form, as files have them under the names that they have here.

use std::ops::Range;

use typednet_formats::{Dtype, TensorSpec};
use typednet_layers::LayerInfo;

/// A parameter: its name, its elements in the flat block, its sizes.
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) range: Range<usize>,
    pub(crate) sizes: Vec<usize>,
}

impl Parameter {
    /// The tensor that holds it.
    pub(crate) fn spec(&self, dtype: Dtype) -> TensorSpec {
        TensorSpec { name: self.name.clone(), dtype, shape: self.sizes.clone() }
    }
}

/// The parameters that have elements, in the order of the flat block.
pub(crate) fn parameters(tree: &'static LayerInfo) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    tree.visit(&mut |place| {
        if !place.range().is_empty() {
            let sizes = place.param.shape.sizes().to_vec();
            parameters.push(Parameter { name: place.to_string(), range: place.range(), sizes });
        }
    });
    parameters
}
