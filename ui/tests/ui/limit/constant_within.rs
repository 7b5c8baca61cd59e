// says: more elements than memory can hold
use typednet::prelude::*;

const VAST: usize = 1_000_000_000_000;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: VAST => Residual<Dense<VAST, Relu>> => Dense<10>
}

fn main() {
    let _ = Wrong::seeded(0);
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
