// says: put braces around a computed size: `{ 28 * 28 }`
use typednet::prelude::*;

type Wrong = network!(28 * 28 => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
