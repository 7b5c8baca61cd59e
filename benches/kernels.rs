//! Networks that `cargo xtask check kernels` compiles: none of their kernels may be compiled with them.

use std::hint::black_box;

use typednet::layers::loss::{LossFor, Masked, PerStep, SquaredHinge};
use typednet::layers::pass;
use typednet::optim::{Lamb, Lion, Optimizer, State};
use typednet::prelude::*;
use typednet::tensor::{Parallel, Scalar, zeroed_samples};

network! {
    struct LeNet: [28, 28, 1]
        => Conv2d<6, 5, Relu> => MaxPool<2> => Conv2d<16, 5, Relu> => MaxPool<2>
        => Flatten => Dense<120, Relu> => Dense<84, Relu> => Dense<10, Softmax> -> 10
}

network! {
    struct Decoder: 8 => Dense<49, LeakyRelu<0.3>> => Reshape<[7, 7, 1]>
        => ConvTranspose2d<4, 2, Elu<0.5>, stride = 2> => Conv2d<1, 3, Sigmoid, pad = 1> => AvgPool<2> => Flatten
}

network! {
    struct Residuals: [32, 32, 3]
        => Conv2d<16, 3, pad = 1> => BatchNorm2d => Relu
        => Residual<Conv2d<16, 3, pad = 1> => BatchNorm2d => Relu => Conv2d<16, 3, pad = 1> => BatchNorm2d> => Relu
        => Add<main: Conv2d<32, 3, stride = 2, pad = 1> => BatchNorm2d, skip: Conv2d<32, 1, stride = 2> => BatchNorm2d> => Relu
        => GlobalAvgPool => Dense<10, Softmax> -> 10
}

network! {
    struct Steps: [12, 5] => Lstm<16> => Gru<16> => Rnn<16> => Attention<4> => Last => SwiGlu<8> => Dense<3, Softmax>
}

network! {
    struct Normed: [4, 4, 6]
        => GroupNorm<3> => Upsample<2> => Upsample<2, Bilinear> => FrozenBatchNorm2d => Pad<1> => Crop<1> => Noise<0.1>
        => Flatten => LayerNorm => Dropout<0.5> => RmsNorm => TestScaledDropout<0.5> => Dense<10>
}

network! {
    struct Words: [Token<65>; 16]
        => Embedding<12> => Positions => Repeat<2, TransformerBlock<3, 24, causal>> => Attention<2, rotary>
        => Each<RmsNorm => SwiGlu<8>> => Conv1d<12, 3> => Reverse<Gru<8>> => Each<Dense<65, Softmax>>
}

network! {
    struct Precise<f64>: 4
        => Dense<8, Gelu> => Dense<8, GeluTanh> => Dense<8, HardSwish> => Dense<8, Silu> => Dense<8, Softplus>
        => Dense<8, Tanh> => Residual<Dense<8> => Sigmoid> => Dense<3, LogSoftmax>
}

fn step<M, L, O>(loss: &L, targets: &[L::Target], optimizer: &O)
where
    M: Layer<Elem: Scalar>,
    L: LossFor<M::Head, M::Out>,
    O: Optimizer,
{
    let (mut model, mut gradient) = (M::seeded(0), M::zeroed());
    let x = zeroed_samples::<M::In>(targets.len());
    let mut memory = vec![M::Elem::ZERO; pass::training_need::<M>().of(targets.len())];
    let run = PassContext::new(Key::new(0));
    pass::gradient(&*model, loss, &x, targets, &mut *gradient, &mut memory, run);
    let mut state = State::<M, _>::new(optimizer);
    black_box(state.step(optimizer, 1e-3, &mut model, &gradient, Parallel::SERIAL)).expect("finite numbers");
    black_box(model.predict(&x[0]));
}

fn main() {
    step::<LeNet, _, _>(&CrossEntropy, &[Class::default(); 4], &Adam::new(1e-3));
    step::<Residuals, _, _>(&CrossEntropy, &[Class::default(); 4], &Adam::new(1e-3));
    step::<Steps, _, _>(&CrossEntropy, &[Class::default(); 4], &Adam::new(1e-3));
    step::<Normed, _, _>(&SquaredHinge, &[Class::default(); 4], &Lamb::default());
    step::<Words, _, _>(&PerStep(Masked(CrossEntropy)), &[[None; 14]; 4], &Lion::default());
    step::<Decoder, _, _>(&SquaredError::default(), &[[0.5; 49]; 4], &Momentum::default());
    step::<Precise, _, _>(&CrossEntropy, &[Class::default(); 4], &AdamW::default());
}
