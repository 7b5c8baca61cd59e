// says: how often comes first, as a whole number: write `Repeat<4, Residual<Dense<64, Relu> => Dense<64>>>`
use typednet::prelude::*;

network! { pub struct Wrong: 64 => Repeat<Residual<Dense<64, Relu> => Dense<64>> => Relu> => Dense<10, Softmax> }

fn main() {
    println!("{:?}", Wrong::seeded(0).predict(&[0.0; 64]));
}
