// says: layer `l1: GroupNorm<GROUPS>`: its 6 channels cannot be cut into 4 equal groups
use typednet::prelude::*;

const GROUPS: usize = 4;

type Wrong = network!([14, 14, 6] => GroupNorm<GROUPS> => Flatten => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
