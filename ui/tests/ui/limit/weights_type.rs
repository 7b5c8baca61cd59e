// says: its weights, 1000000000000 by 1000000000000, have more elements than memory can hold
use typednet::prelude::*;

type Wrong = network!(1000000000000 => Dense<1000000000000>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
