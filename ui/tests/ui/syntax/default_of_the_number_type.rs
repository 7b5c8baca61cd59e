// says: write only `<T>`: it is a `Scalar` by itself, and has no default
use typednet::prelude::*;

network! { pub struct Wrong<T = f32>: 784 => Dense<10> }

fn main() {}
