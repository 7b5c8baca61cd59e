// says: layer `l3: Last`: it reads sequences, [length, channels], but one row of 8 comes in
use typednet::prelude::*;

type Wrong = network!([28, 28] => Gru<8> => Last => Last);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
