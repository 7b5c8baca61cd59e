// says: layer `l2: Last`: it reads sequences, [length, channels], but one row of WIDTH comes in
use typednet::prelude::*;

const WIDTH: usize = 16;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 8 => Dense<WIDTH> => Last
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
