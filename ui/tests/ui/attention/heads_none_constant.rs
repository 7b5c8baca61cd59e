// says: at least one
use typednet::prelude::*;

const HEADS: usize = 0;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [64, 128] => Attention<HEADS>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
