// says: `String` is not a layer that computes with `f32`
use typednet::prelude::*;

type Wrong = network!(784 => String => Dense<10, Softmax>);

fn main() {}
