// says: a label is the name of a struct's field
use typednet::prelude::*;

type Wrong = network!(784 => hidden: Dense<128, Relu> => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
