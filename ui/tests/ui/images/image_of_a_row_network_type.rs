// says: layer `l2: Conv2d<8, 3>`: it reads images, [height, width, channels], but one row of 784 comes in: write `Reshape<[7, 7, 16]> =>` before it
use typednet::prelude::*;

network! {
    /// What only rustc knows the shape of.
    pub struct Encoder: 32 => Dense<784, Relu>
}

type Wrong = network!(32 => Encoder => Conv2d<8, 3> => Flatten => Dense<10> -> 10);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
