// says: layer `l1: AddToFirst<CrossAttention<4> => Each<Dense<16>>>` gives [10, 16], but it adds that to the first half, [10, 32]
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([10, 32], [12, 16]) => AddToFirst<CrossAttention<4> => Each<Dense<16>>> => TakeFirst
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
