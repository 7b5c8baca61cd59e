// says: `String` is not an activation of numbers of type `f32`
use typednet::prelude::*;

type Wrong = network!(784 => Dense<128, String> => Dense<10, Softmax>);

fn main() {}
