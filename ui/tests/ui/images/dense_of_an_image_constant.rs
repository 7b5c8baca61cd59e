// says: layer `l2: Dense<10>`: it reads one row of numbers, but the shape [height, width, 6] comes in: write `Flatten =>` before it
use typednet::prelude::*;

const SIDE: usize = 28;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [SIDE, SIDE, 1] => Conv2d<6, 5> => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
