// says: a network is `repr(C)` by itself
use typednet::prelude::*;

network! {
    #[repr(packed)]
    pub struct Wrong: 784 => Dense<10>
}

fn main() {
    println!("{}", Wrong::PARAMS);
}
