// says: layer `l1: Own<size = 3>`: only the library's layers have arguments with names; a type of yours takes them in order
use typednet::prelude::*;

network! { struct Net: 784 => Own<size = 3> => Dense<10> }

fn main() {}
