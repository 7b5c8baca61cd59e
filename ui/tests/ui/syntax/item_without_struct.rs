// says: is likely invalid in item context
use typednet::prelude::*;

network! { 784 => Dense<10> }

fn main() {}
