#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]
//! Arguments with names are those without, in any order.

use typednet::prelude::*;

const WIDTH: usize = 5;

network! {
    /// With names.
    pub struct Named: 4
        => Dense<activation = LeakyRelu<0.2>, outputs = WIDTH>
        => Dropout<probability = { 1.0 / 4.0 }>
        => Activation<activation = Tanh>
        => Residual<Dense<5, activation = Relu> => Dense<outputs = 5>>
        => Dense<outputs = { WIDTH - 2 }>
}

network! {
    /// Without.
    pub struct Plain: 4
        => Dense<WIDTH, LeakyRelu<0.2>>
        => Dropout<{ 1.0 / 4.0 }>
        => Activation<Tanh>
        => Residual<Dense<5, Relu> => Dense<5>>
        => Dense<{ WIDTH - 2 }>
}

#[test]
fn works() {
    let named: [f32; 3] = Named::seeded(0).predict(&[1.0; 4]);
    assert!(named == Plain::seeded(0).predict(&[1.0; 4]));
}
