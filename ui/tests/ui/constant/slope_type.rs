// says: layer `l1: Dense<10, LeakyRelu<{ 0.0 / 0.0 }>>`: a number is finite
use typednet::prelude::*;

type Wrong = network!(784 => Dense<10, LeakyRelu<{ 0.0 / 0.0 }>>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
