// says: layer `l1: Dense<10>`: it reads one row of numbers, but the shape [1, 28, 28] comes in: write `Flatten =>` before it, which makes one row of 784 of it
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [1, 28, 28] => Dense<10>
}

fn main() {}
