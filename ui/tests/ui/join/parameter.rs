// says: `Decoder` reads `[f32; 16]`, but the layer before it gives `[f32; WIDTH]`
use typednet::prelude::*;

network! { pub struct Encoder: 784 => Dense<32, Relu> }
network! { pub struct Decoder: 16 => Dense<784, Sigmoid> }

network! { pub struct Wrong<const WIDTH: usize>: 784 => Dense<WIDTH, Relu> => Decoder }

fn main() {
    println!("{:?}", Wrong::<32>::seeded(0).predict(&[0.0; 784]));
}
