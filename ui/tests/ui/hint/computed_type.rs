// says: put braces around what is computed: `Dense<{ N * 2 }>`
use typednet::prelude::*;

const N: usize = 5;

type Wrong = network!(784 => Dense<N * 2> => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
