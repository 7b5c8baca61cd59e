// says: what it reads is known to rustc only: write the shape behind the layer before it, as in `Encoder -> [28, 64]`
use typednet::prelude::*;

network! {
    /// What only rustc knows the shape of.
    pub struct Encoder: [28, 28, 1] => Relu
}

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28, 1] => Encoder => Each<Relu>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
