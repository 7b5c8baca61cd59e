// says: `String` is not an activation of numbers of type `f32`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Dense<128, String> => Dense<10, Softmax>
}

fn main() {}
