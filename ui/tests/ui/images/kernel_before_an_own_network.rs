// says: its height would be (28 + 2·0 − 31)/1 + 1
use typednet::prelude::*;

const KERNEL: usize = 31;
network! {
    /// What only rustc knows the shape of.
    pub struct Head: [24, 24, 6] => Flatten => Dense<7>
}

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28, 1] => Conv2d<6, KERNEL> => Head => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
