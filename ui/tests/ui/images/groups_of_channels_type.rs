// says: layer `l1: Conv2d<8, 3, groups = 4>`: its 6 channels cannot be cut into 4 equal groups
use typednet::prelude::*;

type Wrong = network!([14, 14, 6] => Conv2d<8, 3, groups = 4>);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
