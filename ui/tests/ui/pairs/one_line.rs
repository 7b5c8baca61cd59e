// says: layer `l1: Halves<Dense<3>>`: a pair has two halves, but here are layers for one
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: (8, 4) => Halves<Dense<3>> => Flatten
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
