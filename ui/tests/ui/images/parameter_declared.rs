// says: layer `l1: Conv2d<6, 5>`: its height is 28, but it is declared to be 24
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong<const SIDE: usize>: [SIDE, SIDE, 1] => Conv2d<6, 5> -> [24, 24, 6] => Flatten => Dense<10>
}

const _: usize = Wrong::<32>::PARAMS;

fn main() {}
