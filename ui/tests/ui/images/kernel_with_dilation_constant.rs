// says: its height would be (8 + 2·1 − 13)/2 + 1: the kernel of 5 with dilation 3 reaches over 13, the padded image is 10
use typednet::prelude::*;

const SIDE: usize = 8;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [SIDE, SIDE, 1] => Conv2d<6, 5, stride = 2, pad = 1, dilation = 3>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
