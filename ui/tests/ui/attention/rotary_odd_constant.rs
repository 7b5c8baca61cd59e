// says: its width of 5 over heads = 1 is 5 numbers for each, which must be even
use typednet::prelude::*;

const WIDTH: usize = 5;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [64, WIDTH] => Attention<1, rotary = true>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
