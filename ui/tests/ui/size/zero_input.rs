// says: the input `[1, 0, 28]` has no elements: a size is 0
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [1, 0, 28] => Relu
}

fn main() {}
