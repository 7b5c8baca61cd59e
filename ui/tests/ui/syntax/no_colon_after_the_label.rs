// says: expected `:` after the label: `hidden: Dense<128, Relu>`
use typednet::prelude::*;

network! { pub struct Wrong: 784 => hidden Dense<128, Relu> => Dense<10> }

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
