// says: layer `l1: BatchNorm`: it reads one row of numbers (here 784), but it is given the shape [1, 28, 28]
use typednet::prelude::*;

network! { pub struct Wrong: [1, 28, 28] => BatchNorm }

fn main() {
    println!("{}", Wrong::PARAMS);
}
