// says: its height would be (1 − 1)·2 − 2·2 + 1·(3 − 1) + 0 + 1: its padding of 2 takes all of it away
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [1, 1, 8] => ConvTranspose2d<4, 3, stride = 2, pad = 2>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
