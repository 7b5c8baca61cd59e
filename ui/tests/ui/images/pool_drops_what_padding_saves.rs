// says: 2 of 32 would be dropped: write `floor = true` to drop them, `Pad<2> =>` before it, or another size
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [32, 32, 3] => MaxPool<3>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
