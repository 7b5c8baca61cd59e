// says: but the shape [64, 28, 28, 1] comes in; if 64 is the size of a batch, it is no part of the shape: write `[28, 28, 1]`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [64, 28, 28, 1] => Conv2d<8, 3>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
