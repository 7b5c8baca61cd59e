// says: layer `l1: Concat<Dense<16>, 32>`: expected branches of layers, found `32`: write `Concat<deep: Dense<32, Relu> => Dense<16>, wide: Dense<32>>`
use typednet::prelude::*;

type Wrong = network!(784 => Concat<Dense<16>, 32>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
