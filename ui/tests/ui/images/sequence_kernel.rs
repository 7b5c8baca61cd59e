// says: its length would be (16 + 2·0 − 20)/1 + 1: the kernel of 20 is larger than the padded sequence, 16
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [16, 4] => Conv1d<6, 20>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
