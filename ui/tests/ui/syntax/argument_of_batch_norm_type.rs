// says: layer `l1: BatchNorm<784>`: one argument too many: write `BatchNorm`
use typednet::prelude::*;

type Wrong = network!(784 => BatchNorm<784>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
