// says: layer `l1: WithState<Dense<32>>`: it has one layer in it, an `Rnn`, `Lstm` or `Gru`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([64, 12], 32) => WithState<Dense<32>> => TakeFirst
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
