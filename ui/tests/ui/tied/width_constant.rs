// says: gives [4, 12], but what is multiplied with its table is [4, 16]
use typednet::prelude::*;

const WIDTH: usize = 16;
const HIDDEN: usize = 12;

network! { pub struct Gpt: [Token<65>; 4] => TiedEmbedding<WIDTH, Positions => Each<Dense<HIDDEN>>> => Softmax }

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&[Token::default(); 4]));
}
