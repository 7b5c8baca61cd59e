// says: layer `l1: BatchNorm`: it reads one row of numbers, but the shape [1, 28, 28] comes in
use typednet::prelude::*;

network! { pub struct Wrong: [1, 28, 28] => BatchNorm }

fn main() {
    println!("{}", Wrong::PARAMS);
}
