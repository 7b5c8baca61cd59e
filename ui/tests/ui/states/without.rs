// says: write `WithState<Gru<32>>`, `OnFirst<Gru<32>>`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([64, 12], 32) => Gru<32> => Last
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
