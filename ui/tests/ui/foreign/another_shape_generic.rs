// says: `ValidConv<W, 3>` stands for no layer that makes `[[[T; 26]; 26]; 9]` of `[[[T; 28]; 28]; 1]`
use typednet::prelude::*;
use typednet_foreign::ValidConv;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong<T, const W: usize>: [1, 28, 28] => ValidConv<W, 3> -> [9, 26, 26] => ValidConv<4, 26> -> [4, 1, 1]
}

fn main() {
    let model = Wrong::<f32, 4>::seeded(0);
    let y = model.predict(&[[[0.0; 28]; 28]; 1]);
    println!("{} {} {:?}", Wrong::<f32, 4>::PARAMS, Wrong::<f32, 4>::summary(), y);
}
