// says: layer `l1: Dense<10, LeakyRelu<1e400>>`: expected a finite number such as `LeakyRelu<0.01>`
use typednet::prelude::*;

type Wrong = network!(784 => Dense<10, LeakyRelu<1e400>>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
