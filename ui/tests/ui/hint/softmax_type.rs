// says: `Softmax` is an activation: write `Dense<10, Softmax>` for 10 outputs
use typednet::prelude::*;

type Wrong = network!(784 => Softmax<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
