// says: tokens stand beside numbers `f32` only, and those of this network are `f64`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong<f64>: ([Token<30>; 12], 3) => Halves<Embedding<4> => Last, Dense<2>> => Flatten => Dense<2>
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
