// says: expected a probability, found `P`: a `const` item stands in braces, `{ P }`
use typednet::prelude::*;

const P: f64 = 0.5;

type Wrong = network!(784 => Dropout<P> => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
