// says: has the state `[f32; 32]`, but the second half of what comes in is `[f32; 16]`
use typednet::prelude::*;

network! { struct Encoder: 5 => Dense<16, Tanh> -> 16 }

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: ([64, 12], 5) => Halves<Linear, Encoder> => WithState<Gru<32>> => TakeFirst
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
