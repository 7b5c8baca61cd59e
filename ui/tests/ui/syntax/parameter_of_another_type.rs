// says: the sizes of a network are of type `usize`: `const N: usize`
use typednet::prelude::*;

network! { pub struct Wrong<const N: u32>: 784 => Dense<N> }

fn main() {}
