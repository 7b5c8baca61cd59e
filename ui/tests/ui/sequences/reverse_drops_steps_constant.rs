// says: layer `l1: Reverse<Conv1d<8, 3>>` gives [4, 8], but a reverse gives as many steps as it reads, [6, 8]
use typednet::prelude::*;

const STEPS: usize = 6;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [STEPS, 3] => Reverse<Conv1d<8, 3>> -> [4, 8]
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
