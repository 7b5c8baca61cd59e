// says: layers 1 and 2 are both called `l2` (a layer without a label is called by its number)
use typednet::prelude::*;

network! { pub struct Wrong: 784 => l2: Dense<128, Relu> => Dense<64> => Dense<10> }

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
