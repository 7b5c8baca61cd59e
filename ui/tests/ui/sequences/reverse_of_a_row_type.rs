// says: layer `l1: Reverse<Dense<8>>`: it reads steps, such as [28, 64], but one row of 64 comes in
use typednet::prelude::*;

type Wrong = network!(64 => Reverse<Dense<8>>);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
