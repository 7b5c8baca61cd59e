// says: layer `l1: Lstm<8>`: it reads sequences, [length, channels], but one row of 64 comes in
use typednet::prelude::*;

type Wrong = network!(64 => Lstm<8>);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
