// says: it cannot be told which tokens are padding: write `Embedding<64> =>` before it
use typednet::prelude::*;

network! { pub struct Words: Padded<[Token<65>; 64]> => Each<Embedding<8> => Dense<4, Relu>> => Last => Dense<2> -> 2 }

fn main() {
    println!("{:?}", Words::seeded(0).predict(&Padded::full([Token::default(); 64])));
}
