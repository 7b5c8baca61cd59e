// says: layer `l2: Concat<Gru<8> => Last, Reverse<Gru<8>>>`: one of its branches makes a row and another does not
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: Padded<[Token<65>; 64]> => Embedding<8> => Concat<Gru<8> => Last, Reverse<Gru<8>>> => Dense<10>
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
