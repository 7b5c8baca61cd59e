// says: layer `l1: Dense<NOTHING, Relu>`: a size is 0
use typednet::prelude::*;

const NOTHING: usize = 0;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Dense<NOTHING, Relu> => Dense<10, Softmax>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
