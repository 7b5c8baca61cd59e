// says: `Rows` does not take its steps one at a time
use typednet::prelude::*;

network! { struct Encoder: [28, 28] => Gru<128> => Last -> 128 }
network! { pub struct Rows: [28, 28] => Encoder => Dense<10, Softmax> -> 10 }

fn main() {
    let _ = Rows::seeded(0).stream();
}
