// says: more elements than memory can hold
use typednet::prelude::*;

const PAD: usize = 4_398_046_511_104;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [28, 28, 1] => Conv2d<6, 1, pad = PAD>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
