// says: the input `[1000000, 1000000, 1000000, 1000000]` has more elements than memory can hold
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [1000000, 1000000, 1000000, 1000000] => Relu
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
