// says: layer `l1: Dense<128, outputs = 64>`: `outputs` is given twice
use typednet::prelude::*;

network! { struct Net: 784 => Dense<128, outputs = 64> => Dense<10> }

fn main() {}
