// says: gives [64, 32], but what is multiplied with its table is [64, 128]
use typednet::prelude::*;

network! {
    /// Its last layer gives another width than the table has.
    pub struct Gpt: [Token<65>; 64] => TiedEmbedding<128, Positions => LayerNorm => Each<Dense<32>>> => Softmax -> [64, 65]
}

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&[Token::default(); 64]));
}
