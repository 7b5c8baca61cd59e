// says: layer `l2: CrossAttention<4>`: it reads a pair, such as the input `([64, 12], [Token<65>; 10])`, but [12, 32] comes in
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [Token<30>; 12] => Embedding<32> => CrossAttention<4> => Each<Dense<30, Softmax>>
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
