// says: expected `,` behind the width of `TiedEmbedding`: write `TiedEmbedding<64, Positions => LayerNorm>`
use typednet::prelude::*;

network! { pub struct Gpt: [Token<65>; 64] => TiedEmbedding<128 => Positions => LayerNorm> => Softmax }

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&[Token::default(); 64]));
}
