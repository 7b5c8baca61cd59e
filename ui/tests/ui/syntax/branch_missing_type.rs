// says: layer `l1: Concat`: the branches are missing: write `Concat<deep: Dense<32, Relu> => Dense<16>, wide: Dense<32>>`
use typednet::prelude::*;

type Wrong = network!(784 => Concat);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
