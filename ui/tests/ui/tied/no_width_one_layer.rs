// says: the width comes first, as a whole number: write `TiedEmbedding<64, Positions => LayerNorm>`
use typednet::prelude::*;

type Gpt = network!([Token<65>; 64] => TiedEmbedding<Gru<8>> => Softmax);

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&[Token::default(); 64]));
}
