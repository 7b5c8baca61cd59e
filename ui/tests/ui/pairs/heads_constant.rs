// says: its width of 32 cannot be shared by 3 heads
use typednet::prelude::*;

const HEADS: usize = 3;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([10, 32], [12, 16]) => AddToFirst<CrossAttention<HEADS>> => TakeFirst => Each<Dense<30>>
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
