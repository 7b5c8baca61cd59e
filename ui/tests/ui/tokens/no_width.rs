// says: layer `l1: Embedding`: the width is missing: write `Embedding<64>`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [Token<65>; 64] => Embedding
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[Token::default(); 64]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
