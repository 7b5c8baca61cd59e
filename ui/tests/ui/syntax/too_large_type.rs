// says: `99999999999999999999` is too large for a size
use typednet::prelude::*;

type Wrong = network!(784 => Dense<99999999999999999999>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
