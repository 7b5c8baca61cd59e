// says: expected `struct Mnist: …`, or a number type, `f32` or `f64`, before the colon
use typednet::prelude::*;

network! { Mnist: 784 => Dense<10> }

fn main() {}
