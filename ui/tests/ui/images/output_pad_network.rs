// says: layer `l2: ConvTranspose2d<4, 3, output_pad = 1>`: its output padding of 1 is not smaller than its stride of 1
use typednet::prelude::*;

network! {
    /// What only rustc knows the shape of.
    pub struct Encoder: [7, 7, 8] => Relu
}

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [7, 7, 8] => Encoder => ConvTranspose2d<4, 3, output_pad = 1>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
