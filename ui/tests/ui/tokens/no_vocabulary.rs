// says: expected the size of the vocabulary alone: `Token<65>`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [Token<65, 64>; 3] => Embedding<8>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[Token::default(); 64]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
