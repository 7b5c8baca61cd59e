// says: gives 8, but what is multiplied with its table is [4, 8]
use typednet::prelude::*;

network! { pub struct Gpt: [Token<65>; 4] => TiedEmbedding<8, Gru<8> => Last> => Softmax }

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&[Token::default(); 4]));
}
