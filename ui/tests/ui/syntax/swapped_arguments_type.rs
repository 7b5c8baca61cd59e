// says: layer `l1: Dense<Relu, 128>`: the number of outputs comes first, as a whole number: write `Dense<128>` or `Dense<128, Relu>`
use typednet::prelude::*;

type Wrong = network!(784 => Dense<Relu, 128> => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
