// says: layer `l2: Last`: it reads sequences, [length, channels], but one row of 16 comes in
use typednet::prelude::*;

network! {
    /// What only rustc knows the shape of.
    pub struct Encoder: [28, 28] => Gru<16> => Last
}

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28] => Encoder => Last -> 16
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
