// says: branch `Encoder` gives [12, 12, 8], but branch `one: Conv2d<8, 1>` gives [14, 14, 8]: a concat joins the last axis, and all before it must be equal
use typednet::prelude::*;

network! {
    /// What only rustc knows the shape of.
    pub struct Encoder: [14, 14, 4] => Conv2d<8, 3>
}

type Wrong = network!([14, 14, 4] => Concat<one: Conv2d<8, 1>, Encoder> => Flatten => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
