// says: it reads images, [height, width, channels], but one row of WIDTH comes in: write `Reshape<…> =>` before it
use typednet::prelude::*;

const WIDTH: usize = 784;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 32 => Dense<WIDTH, Relu> => Conv2d<8, 3>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
