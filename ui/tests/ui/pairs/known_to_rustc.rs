// says: what comes in is known to rustc only: write its layers here, or `Repeat<1, …>` around it
use typednet::prelude::*;

network! { pub struct Block: ([10, 32], [12, 16]) => AddToFirst<CrossAttention<4>> }

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([10, 32], [12, 16]) => Block => TakeFirst => Each<Dense<30>>
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
