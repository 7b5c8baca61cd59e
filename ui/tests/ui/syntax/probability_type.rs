// says: layer `l1: Dropout<1.5>`: a probability is from 0 up to but not including 1, not 1.5
use typednet::prelude::*;

type Wrong = network!(784 => Dropout<1.5>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
