// says: gives [64, 65], but it is declared to give [64, 66]
use typednet::prelude::*;

network! { pub struct Gpt: [Token<65>; 64] => TiedEmbedding<8, LayerNorm> -> [64, 66] => Softmax }

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&[Token::default(); 64]));
}
