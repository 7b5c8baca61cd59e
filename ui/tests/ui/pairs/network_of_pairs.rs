// says: `Block` reads `Pair<[[f32; 32]; 10], [[f32; 16]; 12]>`, but the network's input is `Pair<[[f32; 32]; 10], [[f32; 8]; 12]>`
use typednet::prelude::*;

network! { pub struct Block: ([10, 32], [12, 16]) => AddToFirst<CrossAttention<4>> }

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([10, 32], [12, 8]) => Repeat<2, Block> => TakeFirst
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
