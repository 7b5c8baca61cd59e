// says: mismatched types
use typednet::prelude::*;

network! { struct Net: [Token<65>; 4] => Embedding<2> }

fn main() {
    let text = [Token::<66>::default(); 4];
    println!("{:?}", Net::seeded(0).predict(&text));
}
