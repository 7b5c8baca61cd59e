// says: layer `l2: Dense<10>`: it reads one row of numbers, but the shape [24, 24, 6] comes in: write `Flatten =>` before it, which makes one row of 3456 of it
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28, 1] => Conv2d<6, 5> => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
