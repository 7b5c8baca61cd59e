//! The networks whose files `weights!` reads in tests, and their weights.

use typednet::prelude::*;

network! { pub(crate) struct Xor: 2 => hidden: Dense<8, Tanh> => answer: Dense<1, Sigmoid> }

network! { pub(crate) struct Small: 4 => Dense<6, Relu> => Dropout<0.5> => Dense<3, Softmax> }

network! { pub(crate) struct Double<f64>: [4, 3] => Conv1d<2, 3, Relu> => BatchNorm1d => Flatten => Dense<2> }

network! {
    /// What a word is, of at most four letters.
    pub(crate) struct Word: Padded<[Token<5>; 4]> => Embedding<3> => gru: Gru<2> => Each<Dense<4, Relu>> => Last => Dense<2>
}

/// Words of one to four letters.
pub(crate) fn words() -> [Padded<[Token<5>; 4]>; 4] {
    std::array::from_fn(|row| {
        let letters: Vec<_> = (0..=row).map(|n| Token::new((3 * row + n) % 5).expect("one of five")).collect();
        Padded::new(&letters).expect("room for four")
    })
}

pub(crate) fn word() -> Model<Word> {
    filled(Word::zeroed())
}

/// What the ranges of integers come from.
pub(crate) fn samples() -> [[f32; 4]; 5] {
    std::array::from_fn(|row| std::array::from_fn(|n| (row as f32 - 2.0) * 0.25 + n as f32 * 0.125))
}

/// Weights that are the same on every machine.
fn filled<M: Layer>(mut model: Model<M>) -> Model<M> {
    for (n, x) in model.as_flat_mut().iter_mut().enumerate() {
        let sign = if n % 2 == 0 { 1.0 } else { -1.0 };
        *x = M::Elem::of(sign / (n as f64 + 1.5));
    }
    model
}

pub(crate) fn small() -> Model<Small> {
    filled(Small::zeroed())
}

pub(crate) fn double() -> Model<Double> {
    filled(Double::zeroed())
}
