// says: layer `l2: MaxPool<2, stride = 0>`: its stride is 0
use typednet::prelude::*;

network! {
    /// What only rustc knows the shape of.
    pub struct Encoder: [28, 28, 1] => Conv2d<6, 3>
}

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28, 1] => Encoder => MaxPool<2, stride = 0>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
