// says: `String` is not a layer that computes with `f32`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => String => Dense<10, Softmax>
}

fn main() {}
