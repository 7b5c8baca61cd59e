// says: layer `l2: LayerNorm<epsilon = 1e-5>`: `LayerNorm` has no arguments
use typednet::prelude::*;

network! { struct Net: 784 => Dense<128> => LayerNorm<epsilon = 1e-5> }

fn main() {}
