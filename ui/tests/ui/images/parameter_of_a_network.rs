// says: what it reads depends on the parameter `SIDE`, which Rust cannot compute with: write the size in between, as in `Encoder<SIDE> -> [14, 14, 16] => Conv2d<6, 5>`
use typednet::prelude::*;

network! {
    /// Its shape depends on its parameter.
    pub struct Encoder<const SIDE: usize>: [SIDE, SIDE, 1] => Conv2d<6, 3, pad = 1>
}

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong<const SIDE: usize>: [SIDE, SIDE, 1] => Encoder<SIDE> => Conv2d<6, 5>
}

fn main() {
    let _ = Wrong::<28>::seeded(0);
}
