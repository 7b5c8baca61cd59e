// says: layer `l1: Residual<CrossAttention<4>>`: what comes in is a pair: `AddToFirst<…>` adds what layers make of both halves
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([10, 32], [12, 16]) => Residual<CrossAttention<4>> => Each<Dense<30>>
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
