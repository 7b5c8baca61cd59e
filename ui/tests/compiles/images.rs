#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, trivial_bounds)]
//! Networks of images, as they are declared.

use typednet::prelude::*;

network! {
    /// LeNet-5.
    pub struct LeNet: [28, 28, 1]
        => Conv2d<6, 5, Relu> => MaxPool<2> => Conv2d<16, 5, Relu> => MaxPool<2>
        => Flatten => Dense<120, Relu> => Dense<84, Relu> => Dense<10, Softmax> -> 10
}

network! {
    /// A small residual network.
    pub struct ResNet8: [32, 32, 3]
        => Conv2d<16, 3, pad = 1> => BatchNorm2d<Relu>
        => Residual<Conv2d<16, 3, pad = 1> => BatchNorm2d => Relu => Conv2d<16, 3, pad = 1> => BatchNorm2d> => Relu
        => Add<main: Conv2d<32, 3, stride = 2, pad = 1> => BatchNorm2d => Relu => Conv2d<32, 3, pad = 1> => BatchNorm2d,
               skip: Conv2d<32, 1, stride = 2> => BatchNorm2d> => Relu
        => GlobalAvgPool => Dense<10, Softmax> -> 10
}

const SIDE: usize = 28;
const KERNEL: usize = 3;

network! {
    /// Its decoder mirrors its encoder.
    pub struct Autoencoder<f64>: [SIDE, SIDE, 1]
        => encoder: Conv2d<8, KERNEL, Relu, stride = 2, pad = 1> => Conv2d<16, KERNEL, Relu, stride = 2, pad = 1>
        => ConvTranspose2d<8, KERNEL, Relu, stride = 2, pad = 1, output_pad = 1>
        => ConvTranspose2d<1, KERNEL, Sigmoid, stride = 2, pad = 1, output_pad = 1> -> [28, 28, 1]
}

network! {
    /// Branches whose channels stand side by side.
    pub struct Inception: [SIDE, 28, 3]
        => Concat<one: Conv2d<8, 1, Relu>,
                  three: Conv2d<4, 1, Relu> => Conv2d<8, 3, Relu, pad = 1>,
                  five: Conv2d<4, 1, Relu> => Conv2d<8, 5, Relu, pad = [2, 2]>,
                  pool: MaxPool<3, stride = 1, pad = 1> => Conv2d<8, 1, Relu>> -> [28, 28, 32]
        => GlobalAvgPool => Dense<10, Softmax>
}

network! {
    /// What a network of another task gives, not trained any more.
    pub struct Transfer: [28, 28, 1] => frozen body: Features => Flatten => head: Dense<5, Softmax> -> 5
}

network! {
    /// Its size is known to rustc alone.
    pub struct Features: [28, 28, 1] => Conv2d<8, 5, Relu> => MaxPool<2> => Conv2d<8, 5, Relu> => MaxPool<[2, 4]>
}

network! {
    /// Every layer behind one whose shape only rustc knows.
    pub struct Behind: [28, 28, 1]
        => Features => Conv2d<16, [3, 1], Tanh, dilation = [1, 2], groups = 2, bias = false> => Upsample<2, Bilinear>
        => GroupNorm<4> => Pad<[1, 2]> => Crop<1> => LayerNorm => BatchNorm2d
        => AvgPool<[2, 3], floor = true> -> [2, 2, 16] => Each<Each<Dense<4, Relu>>> => Flatten => Dense<10>
}

network! {
    /// Sequences, and rows that become images.
    pub struct Sequences: [64, 3]
        => Conv1d<8, 5, Relu, stride = 2, pad = 2> => BatchNorm1d => Each<Dense<4, Relu> => LayerNorm> => Flatten
        => Dense<784, Relu> => Reshape<[7, 7, 16]> => ConvTranspose2d<1, 2, stride = 2> -> [14, 14, 1]
}

network! {
    /// Blocks, one after the other.
    pub struct Repeated: [8, 8, 4]
        => blocks: Repeat<3, Residual<Conv2d<4, 3, pad = 1> => BatchNorm2d => Relu>>
        => Repeat<2, Features8> => GlobalAvgPool => Repeat<{ 1 + 1 }, Dense<4, Relu>> -> 4
}

network! {
    /// It gives what it reads.
    pub struct Features8: [8, 8, 4] => Conv2d<4, 3, pad = 1>
}

network! {
    /// Of any size, as far as nothing must be computed from it, and what is computed is declared.
    pub struct Sized<T, const SIDE: usize, const HALF: usize>: [SIDE, SIDE, 1]
        => Conv2d<4, 3, Relu, pad = 1> => BatchNorm2d => MaxPool<2> -> [HALF, HALF, 4]
        => Conv2d<8, 3, Relu, pad = 1> => GlobalAvgPool => Dense<10, Softmax>
}

network! {
    /// A layer called by a word of the macro.
    pub struct Words: [28, 28, 1] => frozen: Conv2d<4, 3> => frozen bias: Conv2d<bias, 3> => Flatten
}

#[allow(non_upper_case_globals)]
const bias: usize = 2;

type Small = network!([SIDE, SIDE, 1] => Conv2d<4, KERNEL, stride = 2> => Residual<Conv2d<4, 3, pad = 1>> => MaxPool<{ KERNEL }, floor = true> => Flatten => Dense<10>);
type SmallBehind = network!([28, 28, 1] => Features => Conv2d<4, 2> => Flatten => Dense<10>);

#[test]
fn works() {
    assert_eq!(LeNet::PARAMS, 5 * 5 * 6 + 6 + 5 * 5 * 6 * 16 + 16 + 256 * 120 + 120 + 120 * 84 + 84 + 84 * 10 + 10);
    assert_eq!(Features::TREE.output.sizes(), [4, 2, 8]);
    assert_eq!(Behind::TREE.children[1].node.output.sizes(), [2, 2, 16]);
    assert_eq!(Sized::<f64, 28, 14>::PARAMS, 36 + 4 + 8 + 4 * 8 * 9 + 8 + 90);
    assert_eq!(Small::TREE.output.sizes(), [10]);
    assert_eq!(SmallBehind::TREE.output.sizes(), [10]);
    assert_eq!(Repeated::TREE.children[0].node.children[2].name, "2");
    let _ =
        [LeNet::TREE, ResNet8::TREE, Autoencoder::TREE, Inception::TREE, Transfer::TREE, Sequences::TREE, Words::TREE];
}
