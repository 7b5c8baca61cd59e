//! Recurrent layers whose states come in and out.

use typednet::prelude::*;

const UNITS: usize = 7;

network! {
    /// The next character, from any state on.
    pub struct Characters: ([Token<65>; 64], [2, 32])
        => Halves<Embedding<16>, Linear> => memory: WithState<Lstm<32>> => OnFirst<Each<Dense<65, Softmax>>>
}

network! {
    /// What an encoder ends with is what a decoder begins with; of the encoder's steps not all count.
    pub struct Translate: ([Token<20>; 10], Padded<[Token<30>; 12]>)
        => Halves<Embedding<8>, Embedding<8> => Gru<UNITS> => Last> => WithState<Gru<UNITS>> => TakeFirst => Each<Dense<20, Softmax>>
        -> [10, 20]
}

network! {
    /// The state behind the last step that counts.
    pub struct LastState: (Padded<[12, 4]>, UNITS) => OnSecond<Dense<UNITS, Tanh>> => WithState<Rnn<UNITS, Relu>> => TakeSecond -> UNITS
}

network! {
    pub struct Sized<T, const N: usize, const H: usize>: ([N, H], [2, H])
        => Repeat<2, WithState<Lstm<H>>> => frozen end: WithState<Lstm<H>> => TakeFirst => MeanOverSteps => Dense<3, Softmax>
}

network! { struct Encoder: [10, 4] => Gru<5> -> [10, 5] }
network! { struct Start: 3 => Dense<6, Tanh> -> 6 }

network! {
    /// Of what comes in only rustc knows the sizes.
    struct OfNetworks: ([10, 4], 3) => Halves<Encoder, Start> => WithState<Gru<6>> => TakeFirst => Last => Dense<2>
}

type Small = network!(f64: ([5, 3], 4) => WithState<Gru<4>>);

#[test]
fn works() {
    let y: Pair<[[f64; 4]; 5], [f64; 4]> = Small::seeded(0).predict(&Pair { first: [[0.5; 3]; 5], second: [0.1; 4] });
    assert_eq!(y.first[4], y.second);
    assert_eq!(Sized::<f32, 3, 5>::seeded(0).predict(&Pair { first: [[0.5; 5]; 3], second: [[0.0; 5]; 2] }).len(), 3);
    println!("{} {} {} {}", Characters::PARAMS, Translate::PARAMS, LastState::PARAMS, OfNetworks::PARAMS);
}
