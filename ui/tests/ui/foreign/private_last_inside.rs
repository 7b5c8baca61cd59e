// says: private type `Block` in public interface
use typednet::prelude::*;

network! { struct Block: 16 => Dense<16, Tanh> -> 16 }

network! { pub struct Net: 16 => Dense<16, Relu> => Repeat<2, Block> }

fn main() {
    println!("{:?}", Net::seeded(0).predict(&[0.5; 16]));
}
