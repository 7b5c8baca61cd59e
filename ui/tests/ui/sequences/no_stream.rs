// says: `Rows` does not take its steps one at a time
use typednet::prelude::*;

network! { struct Rows: [28, 28] => Gru<128> => Last => Dense<10, Softmax> -> 10 }

fn main() {
    let _ = Rows::seeded(0).stream();
}
