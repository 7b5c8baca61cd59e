// says: its width would be 28 − 2·14: nothing is left
use typednet::prelude::*;

const BORDER: usize = 14;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28, 1] => Crop<[2, BORDER]> => Flatten => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
