// says: the input `[1, 0, 28]` has no elements: a size is 0
use typednet::prelude::*;

type Wrong = network!([1, 0, 28] => Relu);

fn main() {}
