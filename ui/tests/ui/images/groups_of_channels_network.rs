// says: layer `l2: Conv2d<8, 3, groups = 4>`: its 6 channels cannot be cut into 4 equal groups
use typednet::prelude::*;

network! {
    /// What only rustc knows the shape of.
    pub struct Encoder: [28, 28, 1] => Conv2d<6, 3>
}

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28, 1] => Encoder => Conv2d<8, 3, groups = 4> => Flatten => Dense<10> -> 10
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
