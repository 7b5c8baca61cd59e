// says: gives 8, but what is multiplied with its table is [64, 8]
use typednet::prelude::*;

network! { pub struct Gpt: Padded<[Token<65>; 64]> => TiedEmbedding<8, Gru<8> => Last> => Softmax }

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&Padded::full([Token::default(); 64])));
}
