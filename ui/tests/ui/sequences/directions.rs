// says: layer `l1: Reverse<Lstm<8> => Last>`: the layers in it give 8, but it reads 28 steps
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28] => Concat<Lstm<8>, Reverse<Lstm<8> => Last>>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
