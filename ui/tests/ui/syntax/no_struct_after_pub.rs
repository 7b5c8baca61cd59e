// says: expected `struct` and the network's name
use typednet::prelude::*;

network! { pub Mnist: 784 => Dense<10> }

fn main() {}
