//! Layers that read tokens.

use super::around::LINE;
use super::rows::ANY;
use crate::table::ParameterKind::{Flag, Size};
use crate::table::{Gives, LayerRow, OverSteps, Parameter, Reads, Slot};

pub(super) const LAYERS: &[LayerRow] = &[
    LayerRow {
        name: "Embedding",
        ty: "Embedding",
        usage: "Embedding<64>",
        about: "|Embedding|: 64 numbers for each token of an input such as `[Token<65>; 32]`, which are trained",
        arguments: &[WIDTH],
        reads: Reads::Tokens,
        gives: Gives::Vectors("width"),
        weights: &[Slot::Vocabulary, Slot::Argument("width")],
        slots: &[Slot::Vocabulary, Slot::Argument("width"), Slot::Scalar],
        over_steps: OverSteps::Keeps,
        ..ANY
    },
    LayerRow {
        name: "TiedEmbedding",
        ty: "TiedEmbedding",
        usage: "TiedEmbedding<64, Positions => LayerNorm>` or `TiedEmbedding<64, Positions => LayerNorm, bias = true>",
        about: "|TiedEmbedding|: the layers inside between an embedding and its table as the output's weight, for one logit per token of \
                an input such as `[Token<65>; 32]`",
        arguments: &[WIDTH, LINE, BIAS],
        reads: Reads::Tokens,
        gives: Gives::Logits,
        over_steps: OverSteps::AsInside,
        ..ANY
    },
];

const WIDTH: Parameter = Parameter::new("width", "the width", Size { zero: "a token has at least one number" });

const BIAS: Parameter = Parameter::named("bias", "whether there is a bias", Flag(false));
