// says: layer `l1: Dense<10>`: it reads one row of numbers (here 784), but it is given the shape [1, 28, 28]
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [1, 28, 28] => Dense<10>
}

fn main() {}
