// says: layer `l1: CrossAttention<4>`: it reads numbers, but ([10, 32], [Token<30>; 12]) comes in
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([10, 32], [Token<30>; 12]) => CrossAttention<4> => Each<Dense<30>>
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
