// says: `BatchNorm` in it normalises over the padding in Padded<[Token<65>; 64]>
use typednet::prelude::*;

network! { pub struct Gpt: Padded<[Token<65>; 64]> => TiedEmbedding<8, Each<BatchNorm>> => Softmax }

fn main() {
    println!("{:?}", Gpt::seeded(0).predict(&Padded::full([Token::default(); 64])));
}
