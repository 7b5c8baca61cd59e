//! The layers.

use super::LayerRow;

mod around;
mod attention;
mod convolutions;
mod pairs;
mod pixels;
mod pools;
mod rows;
mod shapes;
mod steps;
mod tokens;

/// All of them, in the order of the documentation.
pub(crate) const LAYERS: &[&[LayerRow]] = &[
    rows::LAYERS,
    tokens::LAYERS,
    convolutions::LAYERS,
    pools::LAYERS,
    pixels::LAYERS,
    steps::LAYERS,
    attention::LAYERS,
    pairs::LAYERS,
    shapes::LAYERS,
    around::LAYERS,
];
