// says: layer `l3: Conv2d<16, KERNEL>`: its height would be (5 + 2·0 − 9)/1 + 1
use typednet::prelude::*;

const KERNEL: usize = 9;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28, 1] => Conv2d<6, KERNEL> => MaxPool<4> => Conv2d<16, KERNEL> => Flatten => Dense<10, Softmax> -> 10
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
