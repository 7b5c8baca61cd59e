// says: `ValidConv<8, 3>` does not say itself what it makes of `[[[f32; 28]; 28]; 1]`: write `-> shape` behind it
use typednet::prelude::*;
use typednet_foreign::ValidConv;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [1, 28, 28] => ValidConv<8, 3> => ValidConv<4, 26> -> [4, 1, 1]
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[[[0.0; 28]; 28]; 1]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
