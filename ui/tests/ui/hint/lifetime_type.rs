// says: expected a layer, such as `Dense<128, Relu>`
use typednet::prelude::*;

type Wrong = network!(784 => 'a => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
