// says: its width of 130 cannot be shared by 4 heads: 130 is not a multiple of 4
use typednet::prelude::*;

const WIDTH: usize = 130;

type Wrong = network!([64, WIDTH] => Attention<4> => Flatten => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
