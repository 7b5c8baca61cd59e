// says: layer `l1: Concat<Dense<16>, Dense<32>>` gives 48, but the network is declared to give 10
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Concat<Dense<16>, Dense<32>> -> 10
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
