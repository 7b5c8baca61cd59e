//! The networks whose files `weights!` reads in tests, and their weights.

use typednet::prelude::*;

network! { pub(crate) struct Xor: 2 => hidden: Dense<8, Tanh> => answer: Dense<1, Sigmoid> }

network! { pub(crate) struct Small: 4 => Dense<6, Relu> => Dropout<0.5> => Dense<3, Softmax> }

network! { pub(crate) struct Double<f64>: [4, 3] => Conv1d<2, 3, Relu> => BatchNorm1d => Flatten => Dense<2> }

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
