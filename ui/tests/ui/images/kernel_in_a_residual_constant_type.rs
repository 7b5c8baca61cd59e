// says: its height would be (4 + 2·0 − 5)/1 + 1
use typednet::prelude::*;

const KERNEL: usize = 5;

type Wrong = network!([4, 4, 8] => Residual<Conv2d<8, KERNEL> => Relu> => Flatten => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
