// says: `Encoder` is not a layer that computes with `f64`
use typednet::prelude::*;

network! { pub struct Encoder: 784 => Dense<32, Relu> }
network! { pub struct Decoder: 16 => Dense<784, Sigmoid> }
type Wrong = network!(f64: 784 => Encoder => Dense<10, Softmax>);

fn main() {}
