//! The block that transformers are stacks of.

use super::{Attention, Full};
use crate::{Chain, Dense, Each, Gelu, LayerNorm, Linear, Residual};

/// A transformer's block with its normalisations first: y = z + f(norm(z)) with z = x + attention(norm(x)), where f is two dense
/// layers on each step, of `HIDDEN` numbers in between (Vaswani and others 2017; Xiong and others 2020 for their order).
///
/// It is a name for layers that stand one after the other. In `network!` a block of its own, whose parts have names, is the line
///
/// ```text
/// struct Block: [64, 128] => Residual<LayerNorm => Attention<heads = 4, causal>>
///                         => Residual<LayerNorm => Each<Dense<512, Gelu> => Dense<128>>> -> [64, 128]
/// ```
///
/// and one with its normalisations last, as in the first paper,
///
/// ```text
/// struct Block: [64, 128] => Residual<Attention<heads = 4, causal>> => LayerNorm
///                         => Residual<Each<Dense<512, Relu> => Dense<128>>> => LayerNorm -> [64, 128]
/// ```
///
/// A stack with normalisations first needs one more behind it, and trains without a warm-up of the learning rate.
///
/// # Shapes
/// x and y are `[[T; D]; N]`. In `network!` it is written `TransformerBlock<4, 512>` or `TransformerBlock<heads = 4, hidden = 512,
/// activation = Gelu, causal = true, rotary = true>`.
///
/// ```
/// use typednet_layers::{Network, Repeat, TransformerBlock};
///
/// type Body = Repeat<2, TransformerBlock<8, 12, 3, 4, 48>>;
/// assert_eq!(Body::PARAMS, 2 * (2 * 24 + 4 * (12 * 12 + 12) + 12 * 48 + 48 + 48 * 12 + 12));
/// ```
pub type TransformerBlock<
    const N: usize,
    const D: usize,
    const HEADS: usize,
    const HEAD_WIDTH: usize,
    const HIDDEN: usize,
    A = Gelu,
    M = Full,
    T = f32,
> = Chain<
    Residual<Chain<Each<N, LayerNorm<D, T>>, Attention<N, D, HEADS, HEAD_WIDTH, M, T>>>,
    Residual<Chain<Each<N, LayerNorm<D, T>>, Each<N, Chain<Dense<D, HIDDEN, A, T>, Dense<HIDDEN, D, Linear, T>>>>>,
>;
