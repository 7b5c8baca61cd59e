// says: layer `l1: Dense<128, act = Relu>`: `Dense` has no argument `act`: it has `outputs` and `activation`
use typednet::prelude::*;

network! { struct Net: 784 => Dense<128, act = Relu> => Dense<10> }

fn main() {}
