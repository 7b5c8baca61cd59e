// says: a network gives numbers and no tokens: declare what stands for each of them, as in `-> [64, 65]`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [Token<65>; 64] => Embedding<8> => Each<Dense<65>> -> [Token<65>; 64]
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[Token::default(); 64]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
