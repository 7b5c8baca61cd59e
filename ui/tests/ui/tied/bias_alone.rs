// says: the layers inside are missing
use typednet::prelude::*;

network! { pub struct Gpt: [Token<65>; 64] => TiedEmbedding<8, bias> => Softmax }

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&[Token::default(); 64]));
}
