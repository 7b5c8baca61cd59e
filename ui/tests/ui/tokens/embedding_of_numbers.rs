// says: layer `l1: Embedding<8>`: it reads tokens, such as [Token<65>; 64], but [28, 28] comes in, which is numbers
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28] => Embedding<8>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[[0.0; 28]; 28]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
