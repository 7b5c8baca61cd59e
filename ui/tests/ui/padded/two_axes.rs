// says: layer `l1: Embedding<8>`: padded are texts of one axis, such as Padded<[Token<65>; 64]>
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: Padded<[[Token<65>; 64]; 3]> => Embedding<8> => Last
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
