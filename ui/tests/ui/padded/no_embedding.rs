// says: layer `l1: Gru<8>`: it reads numbers, but [Token<65>; 64] comes in: write `Embedding<64> =>` before it
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: Padded<[Token<65>; 64]> => Gru<8> => Last
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
