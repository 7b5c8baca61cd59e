//! The networks of sequences that more than one program here times.
#![allow(dead_code, reason = "each program uses a part of it")]

use typednet::prelude::*;

network! {
    /// A picture of 28 rows, read row by row.
    pub(crate) struct ByLstm: [28, 28] => lstm: Lstm<128> => Last => Dense<10, Softmax> -> 10
}

network! {
    /// The same by another layer.
    pub(crate) struct ByGru: [28, 28] => gru: Gru<128> => Last => Dense<10, Softmax> -> 10
}

network! {
    /// A model of characters, 410,689 parameters.
    pub(crate) struct Characters: [Token<65>; 64] => Embedding<64> => Lstm<256> => Each<Dense<65, Softmax>> -> [64, 65]
}

network! {
    /// A block of the next one.
    pub(crate) struct Block: [64, 128] => Residual<LayerNorm => Attention<heads = 4, causal>>
                                       => Residual<LayerNorm => Each<Dense<512, Gelu> => Dense<128>>> -> [64, 128]
}

network! {
    /// A small transformer, 818,241 parameters.
    pub(crate) struct Gpt: [Token<65>; 64] => Embedding<128> => Positions => blocks: Repeat<4, Block> => LayerNorm
                           => Each<Dense<65, Softmax>> -> [64, 65]
}

/// 28 rows of 28 pixels.
pub(crate) type Picture = [[f32; 28]; 28];
/// 64 characters.
pub(crate) type Line = [Token<65>; 64];

/// Pictures that a step reads.
pub(crate) const PICTURES: usize = 64;
/// Lines that a step of [`Characters`] reads.
pub(crate) const LINES: usize = 32;
/// Lines that a step of [`Gpt`] reads.
pub(crate) const GPT_LINES: usize = 12;
