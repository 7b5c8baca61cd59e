// says: arguments without a name stand before those with one
use typednet::prelude::*;

network! { pub struct Gpt: [Token<65>; 64] => TiedEmbedding<8, bias, Positions => LayerNorm> => Softmax }

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&[Token::default(); 64]));
}
