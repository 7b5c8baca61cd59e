// says: layer `l3: Rnn<4, Relu>`: it reads sequences, [length, channels], but one row of 8 comes in
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28] => Lstm<8> => Last => Rnn<4, Relu>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
