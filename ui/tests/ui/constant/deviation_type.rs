// says: layer `l1: Noise<{ -0.5 }>`: a deviation is finite and not negative
use typednet::prelude::*;

type Wrong = network!(784 => Noise<{ -0.5 }> => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
