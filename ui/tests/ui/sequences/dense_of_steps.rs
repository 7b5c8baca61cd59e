// says: layer `l2: Dense<10>`: it reads one row of numbers, but the shape [28, 8] comes in
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28] => Gru<8> => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
