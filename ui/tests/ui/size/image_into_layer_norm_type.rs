// says: layer `l1: LayerNorm`: it reads one row of numbers (here 784), but it is given the shape [1, 28, 28]
use typednet::prelude::*;

type Wrong = network!([1, 28, 28] => LayerNorm);

fn main() {
    println!("{}", Wrong::PARAMS);
}
