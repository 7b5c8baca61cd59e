// says: can't use generic parameters from outer item
use typednet::prelude::*;

fn params<const N: usize>() -> usize {
    network! { struct Wrong: 784 => Dense<N, Relu> => Dense<N> => Dense<10> }
    Wrong::PARAMS
}

fn main() {
    println!("{}", params::<5>());
}
