// says: layer `l2: Add<Gru<8> => Last => Dense<4>, Gru<4> => Last>`: `Dense<4>` in it stands behind what makes one row
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: Padded<[Token<65>; 64]> => Embedding<8> => Add<Gru<8> => Last => Dense<4>, Gru<4> => Last> => Dense<10>
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
