// says: layer `l2: Embedding<8>`: it reads tokens, such as [Token<65>; 64], but 10 comes in, which is numbers
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 64 => Dense<10> => Embedding<8>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 64]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
