// says: layer `l1: Dense<0, Relu>`: a layer needs at least one output
use typednet::prelude::*;

type Wrong = network!(784 => Dense<0, Relu> => Dense<10, Softmax>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
