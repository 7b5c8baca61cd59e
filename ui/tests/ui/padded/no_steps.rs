// says: padded are the steps of a sequence: `Padded<[Token<65>; 64]>`, or `Padded<[64, 12]>` of 12 numbers each
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: Padded<64> => Dense<10>
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
