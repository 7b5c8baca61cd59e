// says: layer `l1: Conv1d<8, 3>`: it cannot be told which steps count in Padded<[64, 12]>
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: Padded<[64, 12]> => Conv1d<8, 3> => Last => Dense<10>
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
