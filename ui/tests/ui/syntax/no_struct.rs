// says: expected `struct Mnist: …`, or a number type before the colon
use typednet::prelude::*;

network! { Mnist: 784 => Dense<10> }

fn main() {}
