//! Layers that read tokens.

use super::rows::ANY;
use crate::table::ParameterKind::Size;
use crate::table::{Gives, LayerRow, OverSteps, Parameter, Reads, Slot};

pub(super) const LAYERS: &[LayerRow] = &[LayerRow {
    name: "Embedding",
    ty: "Embedding",
    usage: "Embedding<64>",
    about: "|Embedding|: 64 numbers for each token of an input such as `[Token<65>; 32]`, which are trained",
    arguments: &[Parameter::new("width", "the width", Size { zero: "a token has at least one number" })],
    reads: Reads::Tokens,
    gives: Gives::Vectors("width"),
    weights: &[Slot::Vocabulary, Slot::Argument("width")],
    slots: &[Slot::Vocabulary, Slot::Argument("width"), Slot::Scalar],
    over_steps: OverSteps::Keeps,
    ..ANY
}];
