// says: the input `[3, SIDE, SIDE]` has more elements than memory can hold
use typednet::prelude::*;

const SIDE: usize = 1_000_000_000_000;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [3, SIDE, SIDE] => Relu
}

fn main() {
    let _ = Wrong::seeded(0);
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
