// says: expected `:` after the network's name: `struct Wrong: 784 => Dense<10>`
use typednet::prelude::*;

network! { pub struct Wrong 784 => Dense<10> }

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
