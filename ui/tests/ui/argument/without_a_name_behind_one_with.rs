// says: layer `l1: Dense<activation = Relu, 128>`: arguments without a name stand before those with one
use typednet::prelude::*;

network! { struct Net: 784 => Dense<activation = Relu, 128> => Dense<10> }

fn main() {}
