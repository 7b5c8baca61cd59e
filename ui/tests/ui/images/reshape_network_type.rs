// says: layer `l2: Reshape<[7, 7, 8]>`: [7, 7, 8] has 392 elements, but 784 come in
use typednet::prelude::*;

network! {
    /// What only rustc knows the shape of.
    pub struct Encoder: 32 => Dense<784, Relu>
}

type Wrong = network!(32 => Encoder => Reshape<[7, 7, 8]> => Conv2d<8, 3>);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
