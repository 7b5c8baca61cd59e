// says: `Dense<784, 10, Softmax>` reads one row of numbers, but the layer before it gives `[[[f32; 28]; 28]; 1]`: write `Flatten =>` before it
use typednet::prelude::*;

network! { pub struct Image: [1, 28, 28] => Relu }

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [1, 28, 28] => Image => Dense<10, Softmax>
}

fn main() {}
