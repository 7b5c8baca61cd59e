// says: its height would be (28 + 2·0 − 31)/1 + 1
use typednet::prelude::*;

const HEIGHT: usize = 28;
const WIDTH: usize = 20;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [HEIGHT, WIDTH, 1] => Conv2d<6, 31> => Flatten => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
