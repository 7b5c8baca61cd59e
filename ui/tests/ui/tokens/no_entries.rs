// says: the input `[Token<0>; 64]`: a vocabulary has at least one entry
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [Token<0>; 64] => Embedding<8>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[Token::default(); 64]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
