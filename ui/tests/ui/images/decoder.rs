// says: gives [26, 26, 1], but the network is declared to give [28, 28, 1]
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28, 1] => Conv2d<8, 3, Relu, stride = 2, pad = 1> => Conv2d<16, 3, Relu, stride = 2, pad = 1> => ConvTranspose2d<8, 3, Relu, stride = 2, pad = 1> => ConvTranspose2d<1, 3, Sigmoid, stride = 2, pad = 1, output_pad = 1> -> [28, 28, 1]
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
