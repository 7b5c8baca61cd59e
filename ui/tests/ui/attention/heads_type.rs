// says: its width of 130 cannot be shared by 4 heads: 130 is not a multiple of 4
use typednet::prelude::*;

type Wrong = network!([64, 130] => Attention<heads = 4, causal>);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
