// says: layer `l1: WithState<Lstm<32>>`: its state is [2, 32]
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([64, 12], [3, 32]) => WithState<Lstm<32>> => WithState<Gru<16>> => TakeFirst
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
