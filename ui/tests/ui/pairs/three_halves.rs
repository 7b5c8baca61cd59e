// says: a pair has two halves
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: (8, 4, 2) => Flatten => Dense<3>
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
