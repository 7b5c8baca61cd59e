// says: layer `l1: Conv2d<NONE, 3>`: a size is 0
use typednet::prelude::*;

const NONE: usize = 0;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28, 1] => Conv2d<NONE, 3>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
