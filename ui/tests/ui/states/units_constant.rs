// says: layer `l1: WithState<Gru<UNITS>>`: its state is 32, but the second half of what comes in is 31
use typednet::prelude::*;

const UNITS: usize = 32;
const BEFORE: usize = 31;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([64, 12], BEFORE) => WithState<Gru<UNITS>> => TakeFirst
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
