// says: layer `l1: CrossAttention<heads = 3>`: its width of 32 cannot be shared by 3 heads
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([10, 32], [12, 16]) => CrossAttention<heads = 3> => Each<Dense<30>>
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
