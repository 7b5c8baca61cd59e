// says: `Words` does not take its steps one at a time
use typednet::prelude::*;

network! { pub struct Words: Padded<[Token<26>; 8]> => Embedding<4> => Attention<2> => Each<Dense<3, Softmax>> -> [8, 3] }

fn main() {
    let _ = Words::seeded(0).stream();
}
