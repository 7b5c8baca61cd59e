// says: layer `l1: Conv2d<6, 31>`: its height would be (28 + 2·0 − 31)/1 + 1: the kernel of 31 is larger than the padded image, 28
use typednet::prelude::*;

type Wrong = network!([28, 28, 1] => Conv2d<6, 31> => MaxPool<2> => Flatten => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
