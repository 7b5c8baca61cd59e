// says: the width that comes out is 28 - 3 + 1 = 26, but 27 is declared
use typednet::prelude::*;
use typednet_foreign::ValidConv;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [1, 28, 28] => ValidConv<8, 3> -> [8, 26, 27] => ValidConv<4, 26> -> [4, 1, 2]
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[[[0.0; 28]; 28]; 1]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
