// says: layer `l2: Residual<LayerNorm => Repeat<2, Conv1d<8, 3, pad = 1>>>`: `Conv1d<8, 3, pad = 1>` in it cannot be told which steps count in Padded<[64, 8]>
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: Padded<[Token<65>; 64]> => Embedding<8> => Residual<LayerNorm => Repeat<2, Conv1d<8, 3, pad = 1>>> => Last
}

fn main() {
    println!("{} {}", Wrong::PARAMS, Wrong::summary());
}
