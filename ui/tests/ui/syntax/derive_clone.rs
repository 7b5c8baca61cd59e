// says: a network cannot derive `Clone`
use typednet::prelude::*;

network! {
    #[derive(Clone)]
    pub struct Wrong: 784 => Dense<10>
}

fn main() {
    println!("{}", Wrong::PARAMS);
}
