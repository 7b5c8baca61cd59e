// says: layer `l1: Add<Dense<64>>`: it needs two branches or more, with `,` between them: write `Add<deep: Dense<32, Relu> => Dense<64>, wide: Dense<64>>`
use typednet::prelude::*;

type Wrong = network!(784 => Add<Dense<64>>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
