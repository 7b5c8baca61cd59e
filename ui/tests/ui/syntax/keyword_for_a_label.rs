// says: `type` is a keyword of Rust: call the layer `type_` or the like
use typednet::prelude::*;

network! { pub struct Wrong: 784 => type: Dense<128, Relu> => Dense<10> }

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
