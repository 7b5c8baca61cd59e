// says: layer `l1: Encoder` computes with one number type, the network with any `T`: write `Encoder<T>`
use typednet::prelude::*;

network! { pub struct Encoder: 784 => Dense<32, Relu> }
network! { pub struct Decoder: 16 => Dense<784, Sigmoid> }
network! { pub struct Wrong<T>: 784 => Encoder => Dense<10, Softmax> }

fn main() {}
