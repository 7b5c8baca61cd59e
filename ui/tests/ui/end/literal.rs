// says: layer `l2: Dense<12, Softmax>` gives 12, but the network is declared to give 10
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Dense<128, Relu> => Dense<12, Softmax> -> 10
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
