// says: attempt to compute `2_usize - 3_usize`, which would overflow
use typednet::prelude::*;

const A: usize = 2;
const B: usize = 3;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: { A - B } => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
