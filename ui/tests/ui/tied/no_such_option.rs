// says: `TiedEmbedding` has no argument `biased`: it has `width`, `layers` and `bias`
use typednet::prelude::*;

network! { pub struct Gpt: [Token<65>; 64] => TiedEmbedding<8, Positions => LayerNorm, biased = true> => Softmax }

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&[Token::default(); 64]));
}
