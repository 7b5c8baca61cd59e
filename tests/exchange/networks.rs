//! The networks, each with what `goldens/exchange.py` calls it.

/// All of them in numbers of one type.
macro_rules! networks {
    ($module:ident $($number:tt)*) => {
        pub(crate) mod $module {
            use typednet::prelude::*;

            network! { pub(crate) struct Mlp $($number)*: 6 => Dense<8, Relu> => BatchNorm => Dropout<0.5> => Dense<5, Tanh> => Dense<3, Softmax> -> 3 }

            network! {
                pub(crate) struct LeNet $($number)*: [14, 12, 2]
                    => Conv2d<4, 3, Relu> => MaxPool<2> => Conv2d<6, [3, 5], Relu, pad = [1, 2]> => MaxPool<2, floor = true>
                    => Flatten => Dropout<0.25> => Dense<10, Relu> => Dense<5> -> 5
            }

            network! {
                pub(crate) struct ResNet $($number)*: [8, 8, 3]
                    => Conv2d<4, 3, pad = 1, bias = false> => BatchNorm2d => Relu
                    => Residual<Conv2d<4, 3, pad = 1> => BatchNorm2d => Relu => Conv2d<4, 3, pad = 1> => BatchNorm2d> => Relu
                    => Add<main: Conv2d<6, 3, stride = 2, pad = 1, groups = 2> => BatchNorm2d => Relu => Conv2d<6, 3, pad = 1>,
                           skip: Conv2d<6, 1, stride = 2>>
                    => Relu => GlobalAvgPool => head: Dense<4> -> 4
            }

            network! {
                pub(crate) struct Decoder $($number)*: 5
                    => Dense<36, Relu> => Dropout<0.1> => Reshape<[4, 3, 3]>
                    => ConvTranspose2d<4, 3, Relu, stride = 2, pad = 1, output_pad = 1> => ConvTranspose2d<2, [2, 3], Sigmoid> -> [9, 8, 2]
            }

            network! {
                pub(crate) struct TurnedRows $($number)*: [3, 4, 2]
                    => Conv2d<3, 2> => Flatten => BatchNorm => LayerNorm => Relu => Residual<Dense<8, Tanh> => Dense<18>>
                    => Add<one: Dense<18>, two: Dropout<0.5>> => Dense<4> -> 4
            }

            network! {
                pub(crate) struct Autoencoder $($number)*: [3, 2, 4]
                    => Flatten => Dense<6, Relu> => Concat<kept: Dropout<0.5>, image: Dense<24, Tanh>> => Dense<24> => BatchNorm
                    => Reshape<[3, 2, 4]> => Conv2d<2, 3, pad = 1> => Flatten -> 12
            }

            network! {
                pub(crate) struct Groups $($number)*: [6, 6, 4]
                    => Conv2d<6, 3, dilation = 2> => GroupNorm<2> => Silu => AvgPool<2> => Flatten => RmsNorm => Dense<3> -> 3
            }

            network! {
                pub(crate) struct Steps $($number)*: [10, 3]
                    => Conv1d<4, 3, Relu, stride = 2> => BatchNorm1d => Flatten => Dense<5, Gelu> => body: Body => Dense<2> -> 2
            }

            network! {
                pub(crate) struct Sequences $($number)*: [6, 3] => Lstm<4> => Each<Dense<3, Tanh>> => Gru<5> => Last => Dense<2> -> 2
            }

            network! {
                pub(crate) struct BothWays $($number)*: [5, 3]
                    => Concat<forth: Lstm<4>, back: Reverse<Rnn<3, Relu>>> => Residual<Gru<7>> => MeanOverSteps => Dense<2> -> 2
            }

            network! {
                pub(crate) struct Directions $($number)*: [5, 3]
                    => Concat<Lstm<4>, Reverse<Lstm<4>>> => Concat<one: Gru<2>, other: Reverse<Gru<2>>> => Concat<Rnn<2>, Reverse<Rnn<2>>>
                    => Last => Dense<2> -> 2
            }

            network! { pub(crate) struct AllSteps $($number)*: [4, 3] => Rnn<3> => Flatten => Dense<2> -> 2 }

            network! {
                pub(crate) struct Transformer $($number)*: [5, 6]
                    => Positions => Residual<LayerNorm => Attention<2>> => Residual<LayerNorm => Each<SwiGlu<4>>>
                    => Positions<Sinusoidal> => Attention<heads = 3, causal = true> => Last => Dense<2> -> 2
            }

            network! {
                pub(crate) struct Characters $($number)*: [Token<7>; 5]
                    => Embedding<6> => Attention<heads = 3, causal = true> => Each<Dense<7, Softmax>> -> [5, 7]
            }

            network! {
                pub(crate) struct Tied $($number)*: [Token<7>; 5]
                    => TiedEmbedding<6, Positions => Residual<LayerNorm => Attention<heads = 3, causal = true>> => LayerNorm> => Softmax
                    -> [5, 7]
            }

            network! {
                pub(crate) struct TiedBias $($number)*: [Token<7>; 5]
                    => TiedEmbedding<6, Positions => Each<Dense<6, Tanh>> => LayerNorm, bias> => Softmax -> [5, 7]
            }

            network! { pub(crate) struct Body $($number)*: 5 => Dense<4, Elu> => Repeat<2, Dense<4, HardSwish>> -> 4 }
        }
    };
}

networks!(single);
networks!(double<f64>);

pub(crate) use single::*;
