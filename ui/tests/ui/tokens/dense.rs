// says: layer `l1: Dense<10>`: it reads numbers, but [Token<65>; 64] comes in: write `Embedding<64> =>` before it
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [Token<65>; 64] => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[Token::default(); 64]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
