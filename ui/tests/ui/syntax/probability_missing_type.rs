// says: layer `l1: Dropout`: the probability is missing: write `Dropout<0.5>`
use typednet::prelude::*;

type Wrong = network!(784 => Dropout);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
