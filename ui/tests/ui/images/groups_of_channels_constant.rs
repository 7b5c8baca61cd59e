// says: its 6 channels cannot be cut into 4 equal groups
use typednet::prelude::*;

const CHANNELS: usize = 6;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [14, 14, CHANNELS] => Conv2d<8, 3, groups = 4> => Flatten => Dense<10> -> 10
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
