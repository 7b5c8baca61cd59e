// says: its stride is 0: a kernel moves by at least 1
use typednet::prelude::*;

const STRIDE: usize = 0;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28, 1] => Conv2d<6, 3, stride = [1, STRIDE]> => Flatten => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
