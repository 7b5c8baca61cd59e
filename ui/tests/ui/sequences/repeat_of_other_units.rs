// says: layer `l1: Repeat<2, Lstm<8>>` gives [28, 8], but a layer that is repeated reads what it gives, here [28, 28]
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28] => Repeat<2, Lstm<8>>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
