// says: it reads tokens, such as [Token<65>; 64], but [64, 128] comes in, which is numbers
use typednet::prelude::*;

network! { pub struct Gpt: [64, 128] => TiedEmbedding<128, LayerNorm> => Softmax }

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&[[0.0; 128]; 64]));
}
