// says: expected `struct` and the network's name: `struct Mnist: 784 => Dense<10>`
use typednet::prelude::*;

network! { enum Mnist: 784 => Dense<10> }

fn main() {}
