// says: layer `l1: Reverse<Gru<8> => Last>`: the layers in it give 8, but it reads 28 steps and gives as many
use typednet::prelude::*;

type Wrong = network!([28, 28] => Reverse<Gru<8> => Last>);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
