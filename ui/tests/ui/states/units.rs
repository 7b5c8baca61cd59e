// says: layer `l1: WithState<Gru<32>>`: its state is 32, but the second half of what comes in is 31
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([64, 12], 31) => WithState<Gru<32>> => TakeFirst
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
