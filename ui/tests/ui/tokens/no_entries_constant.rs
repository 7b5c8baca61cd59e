// says: the input `[Token<NONE>; 64]`: a size is 0
use typednet::prelude::*;

const NONE: usize = 0;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [Token<NONE>; 64] => Embedding<8>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[Token::default(); 64]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
