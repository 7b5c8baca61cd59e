// says: layer `l1: Dense<10, LeakyRelu<{ 0.0 / 0.0 }>>`: a number is finite
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Dense<10, LeakyRelu<{ 0.0 / 0.0 }>>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
