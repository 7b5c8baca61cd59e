// says: its weights, 1 by 1 by 16 by 72057594037927936, have more elements than memory can hold
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [1, 1, 16] => Conv2d<72057594037927936, 1>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
