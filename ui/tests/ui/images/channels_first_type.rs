// says: ; if [1, 28, 28] has its channels first, write [28, 28, 1]
use typednet::prelude::*;

type Wrong = network!([1, 28, 28] => Conv2d<6, 5> => Flatten => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
