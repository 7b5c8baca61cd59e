// says: layer `l1: Conv2d<6, 5>`: its height depends on the parameter `SIDE`, which Rust cannot compute with: write the shape behind it, as in `Conv2d<6, 5> -> [14, 14, 16]`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong<const SIDE: usize>: [SIDE, SIDE, 1] => Conv2d<6, 5> => Flatten => Dense<10>
}

fn main() {
    let _ = Wrong::<28>::seeded(0);
}
