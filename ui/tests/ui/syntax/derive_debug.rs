// says: a network cannot derive `Debug`
use typednet::prelude::*;

network! {
    #[derive(Debug)]
    pub struct Wrong: 784 => Dense<10>
}

fn main() {
    println!("{}", Wrong::PARAMS);
}
