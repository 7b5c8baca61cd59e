#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]
//! The library under another name, where its usual name is another crate's.

extern crate core as typednet;
extern crate typednet as nn;

/// What a crate of ready networks re-exports.
mod ready {
    pub use nn::network;
}

ready::network! {
    /// A network within.
    pub struct Inner<T, const N: usize>: N => LeakyRelu<{ 0.5 }> => Dense<2>
}

nn::network! {
    /// Every kind of question that the code asks.
    pub struct Outer: 4 => Dense<{ 1 + 2 }, Relu> => own: Inner<f32, 3> => Add<Dense<2>, Inner<f32, 2>> => Dropout<{ 0.1 }> -> 2
}

type Chain =
    nn::network!(4 => Dense<4, LeakyRelu<{ 0.5 }>> => Dense<2> => Inner<f32, 2> => Residual<Inner<f32, 2>> -> 2);

/// A block of numbers of one's own.
#[derive(nn::Flat)]
#[flat(crate = nn)]
#[repr(C)]
pub struct Scale<T: nn::tensor::Scalar, const N: usize> {
    scale: [T; N],
}

#[test]
fn works() {
    use nn::prelude::*;
    assert_eq!(Scale::<f32, 3>::LEN, 3);
    let _ = (Outer::seeded(0).predict(&[0.0; 4]), Chain::seeded(0).predict(&[0.0; 4]));
}
