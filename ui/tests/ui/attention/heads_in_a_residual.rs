// says: its width of 130 cannot be shared by 4 heads: 130 is not a multiple of 4
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [64, 130] => Residual<LayerNorm => Attention<heads = 4, causal>> => Flatten => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
