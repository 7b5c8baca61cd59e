// says: `[Token<65>; 4]` has no gradient: a network cannot compute with its elements
use typednet::layers::bits;
use typednet::prelude::*;

fn main() {
    println!("{}", Dropout::<[Token<65>; 4], { bits(0.5) }>::summary());
}
