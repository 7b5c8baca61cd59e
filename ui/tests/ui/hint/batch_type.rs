// says: if 64 is the size of a batch, it is no part of the shape: write `784`
use typednet::prelude::*;

type Wrong = network!([64, 784] => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
