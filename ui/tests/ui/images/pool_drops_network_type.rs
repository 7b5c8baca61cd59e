// says: layer `l2: MaxPool<2>`: its height would be (7 + 2·0 − 2)/2 + 1: 1 of 7 would be dropped: write `floor = true` to drop it, or another size
use typednet::prelude::*;

network! {
    /// What only rustc knows the shape of.
    pub struct Encoder: [28, 28, 1] => Conv2d<8, 4, stride = 4>
}

type Wrong = network!([28, 28, 1] => Encoder => MaxPool<2> => Flatten => Dense<10> -> 10);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
