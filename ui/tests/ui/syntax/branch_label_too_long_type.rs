// says: layer `l1: Add<seventeen_letters: Dense<64>, Dense<64>>`: the label of a branch has at most 16 bytes here, and any number in `network! { struct Name: … }`
use typednet::prelude::*;

type Wrong = network!(784 => Add<seventeen_letters: Dense<64>, Dense<64>>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
