// says: layer `l2: Conv2d<16, 15>`: its height would be (14 + 2·0 − 15)/1 + 1: the kernel of 15 is larger than the padded image, 14
use typednet::prelude::*;

network! {
    /// What only rustc knows the shape of.
    pub struct Encoder: [28, 28, 1] => Conv2d<6, 3, stride = 2, pad = 1>
}

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28, 1] => Encoder => Conv2d<16, 15> => Conv2d<16, 3> => Flatten => Dense<10> -> 10
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
