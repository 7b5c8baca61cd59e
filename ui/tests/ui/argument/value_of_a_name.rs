// says: layer `l2: Dropout<probability = 1.5>`: a probability is from 0 up to but not including 1, not 1.5
use typednet::prelude::*;

network! { struct Net: 784 => Dense<128> => Dropout<probability = 1.5> }

fn main() {}
