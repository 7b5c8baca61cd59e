// says: an array is no layer: write its layers one by one
use typednet::prelude::*;

type Wrong = network!(784 => [Dense<10>; 4] => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
