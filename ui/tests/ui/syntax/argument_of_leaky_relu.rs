// says: layer `l1: Dense<128, LeakyRelu<"small">>`: expected a finite number such as `LeakyRelu<0.01>`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Dense<128, LeakyRelu<"small">> => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
