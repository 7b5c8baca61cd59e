// says: gives `[[f32; 3]; 4]`, but what is multiplied with the table is `[[f32; 8]; 4]`
use typednet::prelude::*;

network! { pub struct Body: [4, 8] => LayerNorm => Each<Dense<3>> }

network! { pub struct Gpt: [Token<65>; 4] => TiedEmbedding<8, Positions => Body> => Softmax }

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&[Token::default(); 4]));
}
