// says: `Words` does not take its steps one at a time
use typednet::prelude::*;

network! { struct Words: Padded<[Token<26>; 8]> => Embedding<4> => Gru<5> => Last => Dense<3, Softmax> -> 3 }

fn main() {
    let _ = Words::seeded(0).stream();
}
