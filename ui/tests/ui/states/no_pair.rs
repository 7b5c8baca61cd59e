// says: layer `l1: WithState<Gru<32>>`: it reads a pair of steps and the state before the first
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [64, 12] => WithState<Gru<32>> => TakeFirst
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
