// says: write `LeakyRelu`; a type of yours
use typednet::prelude::*;

type Wrong = network!(784 => Dense<64, LeakyReLU> => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
