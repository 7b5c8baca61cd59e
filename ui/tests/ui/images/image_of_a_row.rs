// says: layer `l2: Conv2d<8, 3>`: it reads images, [height, width, channels], but one row of 784 comes in: write `Reshape<[7, 7, 16]> =>` before it
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 32 => Dense<784, Relu> => Conv2d<8, 3>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
