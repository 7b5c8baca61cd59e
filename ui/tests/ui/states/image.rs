// says: its first half is to be steps of numbers
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([28, 28, 1], 32) => WithState<Gru<32>> => TakeFirst
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
