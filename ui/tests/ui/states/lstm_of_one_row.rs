// says: layer `memory: WithState<Lstm<32>>`: its state is [2, 32], h and c, but the second half of what comes in is 32
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([64, 12], 32) => memory: WithState<Lstm<32>> => TakeSecond
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
