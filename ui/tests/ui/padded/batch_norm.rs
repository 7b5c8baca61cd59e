// says: layer `l2: Each<Dense<8> => BatchNorm>`: `BatchNorm` in it normalises over the padding in Padded<[64, 8]>
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: Padded<[Token<65>; 64]> => Embedding<8> => Each<Dense<8> => BatchNorm> => Last
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
