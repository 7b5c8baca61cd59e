// says: its width of 12 over heads = 4 is 3 numbers for each, which must be even: rotary positions turn pairs of them
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [64, 12] => Attention<heads = 4, causal, rotary>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
