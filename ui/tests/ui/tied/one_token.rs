// says: it reads texts, such as [Token<65>; 64], but Token<65> comes in
use typednet::prelude::*;

network! { pub struct Gpt: Token<65> => TiedEmbedding<8, LayerNorm> => Softmax }

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&Token::default()));
}
