#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, trivial_bounds)]
//! Networks with attention, as they are declared.

use typednet::layers::Streaming;
use typednet::prelude::*;

network! {
    /// A block with its normalisations first, less public than what it stands in.
    struct Block: [64, 128] => Residual<LayerNorm => Attention<heads = 4, causal>>
                            => Residual<LayerNorm => Each<Dense<512, Gelu> => Dense<128>>> -> [64, 128]
}

network! {
    /// A stack of them.
    pub struct Body: [64, 128] => Positions => blocks: Repeat<4, Block>
                               => LayerNorm => Each<Dense<65, Softmax>> -> [64, 65]
}

network! {
    /// A private one that names another network without a layer around it.
    struct Private: [64, 128] => Positions => Block => Block -> [64, 128] => LayerNorm => Each<Dense<65, Softmax>> -> [64, 65]
}

network! {
    /// A public one that names no other network.
    pub struct Public: [64, 128] => Positions => blocks: Repeat<4, TransformerBlock<4, 512, causal>>
                                 => LayerNorm => Each<Dense<65, Softmax>> -> [64, 65]
}

network! {
    /// With its normalisations last.
    pub struct PostNorm: [64, 128] => Residual<Attention<4>> => LayerNorm
                                   => Residual<Each<Dense<512, Relu> => Dense<128>>> => LayerNorm -> [64, 128]
}

network! {
    /// As the models after `Llama`.
    struct Modern: [64, 128] => Residual<RmsNorm => Attention<4, causal = true, rotary = true>>
                             => Residual<RmsNorm => Each<SwiGlu<341>>> -> [64, 128]
}

network! {
    /// The block of the library.
    struct Short: [64, 128] => Positions<Sinusoidal> => Repeat<2, TransformerBlock<4, 512, causal>>
                            => TransformerBlock<heads = 8, hidden = 64, activation = Relu> -> [64, 128]
}

const STEPS: usize = 16;
const WIDTH: usize = 24;
const HEADS: usize = 3;

network! {
    /// Its sizes are constants.
    struct Constants<f64>: [STEPS, WIDTH] => Positions<Learned> => Attention<HEADS, rotary, causal = false>
                                          => TransformerBlock<HEADS, { 2 * WIDTH }> => Flatten => SwiGlu<7>
}

network! {
    /// Behind one whose shape only rustc knows.
    struct Behind: [64, 128] => Block => Attention<2> => Positions => TransformerBlock<4, 8> => Flatten => Dense<3>
}

type Unnamed = network!([8, 6] => Positions => Attention<3, causal> => Each<SwiGlu<4>> -> [8, 6]);

#[test]
fn works() {
    assert_eq!(Block::PARAMS, 4 * 128 + 4 * (128 * 128 + 128) + 2 * 128 * 512 + 512 + 128);
    assert_eq!(Body::PARAMS, 64 * 128 + 4 * Block::PARAMS + 256 + 128 * 65 + 65);
    assert_eq!((PostNorm::PARAMS, Modern::PARAMS), (Block::PARAMS, 256 + 4 * (128 * 128 + 128) + 3 * 128 * 341));
    let longest = [<Body as Streaming>::LONGEST, <Private as Streaming>::LONGEST, <Public as Streaming>::LONGEST];
    assert_eq!(longest, [64; 3]);
    assert_eq!((Private::PARAMS, Public::PARAMS), (Body::PARAMS - 2 * Block::PARAMS, Body::PARAMS));
    for parameters in [Short::PARAMS, Constants::PARAMS, Behind::PARAMS, Unnamed::PARAMS] {
        assert!(parameters > 0);
    }
}
