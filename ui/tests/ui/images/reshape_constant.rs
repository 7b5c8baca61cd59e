// says: [7, 7, 8] has 392 elements, but 784 come in
use typednet::prelude::*;

const CHANNELS: usize = 8;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 32 => Dense<784, Relu> => Reshape<[7, 7, CHANNELS]> => Conv2d<8, 3> => Flatten => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
