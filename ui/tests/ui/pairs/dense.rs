// says: layer `l1: Dense<16, Relu>`: it reads one sample, but the pair ([12, 8], 10) comes in
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([12, 8], 10) => Dense<16, Relu> => Dense<10>
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
