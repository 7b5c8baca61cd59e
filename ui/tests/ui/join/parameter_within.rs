// says: `Inner<T>` reads `[T; 16]`, but the layer before it gives `[T; WIDTH]`
use typednet::prelude::*;

network! { pub struct Inner<T>: 16 => Dense<10, Softmax> }
network! { pub struct Wrong<T, const WIDTH: usize>: 784 => Dense<WIDTH, Relu> => Inner<T> }

fn main() {}
