// says: layer `l1: Noise`: the deviation is missing: write `Noise<0.1>`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Noise
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
