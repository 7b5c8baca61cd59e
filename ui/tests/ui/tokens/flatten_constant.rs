// says: layer `l1: Flatten`: it reads numbers, but [Token<VOCABULARY>; 64] comes in: write `Embedding<64> =>` before it
use typednet::prelude::*;

const VOCABULARY: usize = 65;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [Token<VOCABULARY>; 64] => Flatten => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[Token::default(); 64]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
