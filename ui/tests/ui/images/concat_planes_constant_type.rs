// says: branch `Conv2d<8, KERNEL>` gives [12, 12, 8], but branch `Conv2d<8, 1>` gives [14, 14, 8]: a concat joins the last axis, and all before it must be equal
use typednet::prelude::*;

const KERNEL: usize = 3;

type Wrong = network!([14, 14, 4] => Concat<Conv2d<8, 1>, Conv2d<8, KERNEL>> => Flatten => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
