#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, trivial_bounds)]
//! Networks of sequences, as they are declared.

use typednet::layers::{Stream, Streaming};
use typednet::prelude::*;

network! {
    /// Pictures row by row.
    pub struct Rows: [28, 28] => Gru<128> => Last => Dense<10, Softmax> -> 10
}

const STEPS: usize = 6;
const UNITS: usize = 5;

network! {
    /// Both directions, and several layers.
    pub struct Deep<f64>: [STEPS, 3]
        => Concat<there: Lstm<UNITS>, back: Reverse<Lstm<UNITS>>> -> [6, 10]
        => Dropout<0.2> => Repeat<2, Residual<LayerNorm => Gru<10>>> => Reverse<Conv1d<8, 3, pad = 1>>
        => Rnn<4> => Rnn<{ UNITS + 1 }, Relu> => MeanOverSteps => Dense<2>
}

network! {
    /// What a character of a text is followed by.
    pub struct Next: [64, 12] => Lstm<32> => Dropout<0.1> => Lstm<16> => Each<Dense<12, Softmax>> -> [64, 12]
}

network! {
    /// Behind a network whose shape only rustc knows.
    pub struct Behind: [64, 12] => Next => Gru<7> -> [64, 7] => Reverse<Rnn<3, Tanh>> => Last => Dense<2>
}

network! {
    /// Of any sizes.
    pub struct Sized<T, const N: usize, const H: usize>: [N, H] => Lstm<H> => Reverse<Gru<H>> => Last => Dense<3, Softmax>
}

network! {
    /// Texts of different lengths, and what follows each letter; one step of it is a letter.
    pub struct Letters: Padded<[Token<12>; 64]> => Embedding<8> => Each<Dense<9, own::Half>> => Lstm<12> -> [64, 12]
}

network! {
    /// One answer of all letters that count, of a public network with what is private: it has no stream, which is no error.
    pub struct Answer<T, const ROOM: usize>: Padded<[Token<12>; ROOM]> => Embedding<8> => Each<Dense<16, own::Half>> => Last
}

mod own {
    use typednet::layers::{Activation, Arg, Init, SavesForBackward};
    use typednet::tensor::Scalar;

    pub(crate) struct Half;

    impl<T: Scalar> Activation<T> for Half {
        const ARG: Arg = Arg::Type("Half", &[]);
        const INIT: Init = Init::XavierNormal;
        const KEEPS: SavesForBackward = SavesForBackward::Output;

        fn apply(z: &mut [T], _: usize) {
            z.iter_mut().for_each(|z| *z = T::of(0.5) * *z);
        }

        fn backward(_: &[T], dy: &mut [T], _: usize) {
            dy.iter_mut().for_each(|dy| *dy = T::of(0.5) * *dy);
        }
    }
}

type Small = network!([STEPS, 4] => Concat<Gru<UNITS>, Reverse<Gru<UNITS>>> => Last => Dense<3>);

#[test]
fn works() {
    assert_eq!(Rows::PARAMS, 3 * 128 * (28 + 128 + 1) + 128 + 128 * 10 + 10);
    assert_eq!(Deep::TREE.output.sizes(), [2]);
    assert_eq!(Behind::TREE.children[2].node.to_string(), "Reverse");
    assert_eq!(Sized::<f64, 9, 7>::TREE.output.sizes(), [3]);
    assert_eq!(Small::TREE.output.sizes(), [3]);
    // What is all steps can be taken step by step.
    let (model, mut stream) = (Next::seeded(0), Stream::<Next>::new());
    let next = model.step(&mut stream, &[0.0; 12]);
    assert!((next.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    let (letters, mut stream) = (Letters::seeded(0), Stream::<Letters>::new());
    assert_eq!(letters.step(&mut stream, &Token::new(3).unwrap()).len(), 12);
    assert_eq!(Answer::<f64, 9>::TREE.output.sizes(), [16]);
}
