// says: layer `l1: Conv2d<6, KERNEL>`: its height would be (28 + 2·0 − 31)/1 + 1: the kernel of 31 is larger than the padded image, 28
use typednet::prelude::*;

const KERNEL: usize = 31;

type Wrong = network!([28, 28, 1] => Conv2d<6, KERNEL> => Conv2d<16, KERNEL> => Flatten => Dense<10> -> 10);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
