// says: expected `true` or `false`, whether there is a bias, found `65`
use typednet::prelude::*;

network! { pub struct Gpt: [Token<65>; 64] => TiedEmbedding<8, Positions => LayerNorm, bias = 65> => Softmax }

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&[Token::default(); 64]));
}
