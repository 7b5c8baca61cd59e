// says: `Encoder` reads `[[f32; 32]; 10]`, but the network's input is `Pair<
use typednet::prelude::*;

network! { pub struct Encoder: [10, 32] => Gru<32> -> [10, 32] }

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([10, 32], [12, 16]) => Encoder => Each<Dense<30>>
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
