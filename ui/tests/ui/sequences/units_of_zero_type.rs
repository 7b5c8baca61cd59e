// says: a recurrent layer needs at least one unit
use typednet::prelude::*;

type Wrong = network!([28, 28] => Gru<0> => Last);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
