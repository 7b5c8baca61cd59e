// says: its output padding of 2 is not smaller than its stride of 2
use typednet::prelude::*;

const MORE: usize = 2;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [7, 7, 8] => ConvTranspose2d<4, 3, stride = 2, output_pad = MORE> => Flatten => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
