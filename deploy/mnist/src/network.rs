//! The network's shape, by itself, since `build.rs` needs it too.

use typednet::prelude::*;

network! {
    /// Handwritten digits: 28×28 pixels in, one probability for each digit out.
    pub struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10
}
