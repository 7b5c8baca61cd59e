// says: generic parameters may not be used in const operations
use typednet::prelude::*;

network! { pub struct Wrong<const N: usize>: 784 => Dense<{ 2 * N }> }

fn main() {}
