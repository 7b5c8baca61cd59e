// says: layer `l1: Dense<128, Relu, 3>`: one argument too many
use typednet::prelude::*;

type Wrong = network!(784 => Dense<128, Relu, 3> => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
