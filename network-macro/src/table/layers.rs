//! The layers.

use super::LayerRow;

mod around;
mod convolutions;
mod pixels;
mod pools;
mod rows;
mod shapes;

/// All of them, in the order of the documentation.
pub(crate) const LAYERS: &[&[LayerRow]] =
    &[rows::LAYERS, convolutions::LAYERS, pools::LAYERS, pixels::LAYERS, shapes::LAYERS, around::LAYERS];
