// says: a network ends here: write each in a `network!` of its own
use typednet::prelude::*;

network! {
    struct A: 784 => Dense<10>;
    struct B: 784 => Dense<10>;
}

fn main() {}
