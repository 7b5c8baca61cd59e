// says: cannot find value `HIDDDEN` in this scope
use typednet::prelude::*;

const HIDDEN: usize = 128;

type Wrong = network!(784 => Dense<HIDDDEN, Relu> => Dense<10, Softmax>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
