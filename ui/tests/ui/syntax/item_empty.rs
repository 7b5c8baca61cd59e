// says: expected a network: `struct Mnist: 784 => Dense<10>`, or `784 => Dense<10>` as a type
use typednet::prelude::*;

network! {}

fn main() {}
