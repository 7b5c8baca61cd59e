// says: it cannot be told which steps count in Padded<[Token<65>; 64]>
use typednet::prelude::*;

network! { pub struct Gpt: Padded<[Token<65>; 64]> => TiedEmbedding<8, Positions => LayerNorm> => Softmax }

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&Padded::full([Token::default(); 64])));
}
