// says: layer `l1: AvgPool<2>`: its height would be (7 + 2·0 − 2)/2 + 1: 1 of 7 would be dropped: write `floor = true` to drop it, or another size
use typednet::prelude::*;

const SIDE: usize = 7;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [SIDE, SIDE, 16] => AvgPool<2> => Flatten => Dense<10> -> 10
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
