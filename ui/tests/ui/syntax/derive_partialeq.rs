// says: a network cannot derive `PartialEq`
use typednet::prelude::*;

network! {
    #[derive(PartialEq)]
    pub struct Wrong: 784 => Dense<10>
}

fn main() {
    println!("{}", Wrong::PARAMS);
}
