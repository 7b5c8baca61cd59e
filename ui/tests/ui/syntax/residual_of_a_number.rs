// says: layer `l1: Residual<64>`: expected layers with `=>` between them: write `Residual<Dense<64, Relu> => Dense<64>>`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Residual<64>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
