// says: layer `l2: Dense<10>`: what it reads depends on the parameter `N`
use typednet::prelude::*;

network! { pub struct Inner<const N: usize>: 784 => Dense<N, Relu> }
network! { pub struct Wrong<const N: usize>: 784 => Inner<N> => Dense<10> }

fn main() {}
