// says: layer `l2: Dense<10>`: it cannot be told which steps count in Padded<[64, 8]>
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: Padded<[Token<65>; 64]> => Embedding<8> => Dense<10>
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
