// says: a pair is not declared
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: (8, 4) => OnFirst<Dense<3>> -> (3, 4)
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
