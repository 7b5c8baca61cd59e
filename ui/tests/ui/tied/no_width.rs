// says: the width comes first, as a whole number: write `TiedEmbedding<64, Positions => LayerNorm>`
use typednet::prelude::*;

network! { pub struct Gpt: [Token<65>; 64] => TiedEmbedding<Positions => LayerNorm> => Softmax }

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&[Token::default(); 64]));
}
