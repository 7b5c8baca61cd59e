// says: `ValidConv<8, 3>` stands for no layer that makes `[[[f32; 26]; 26]; 9]` of `[[[f32; 28]; 28]; 1]`
use typednet::prelude::*;
use typednet_foreign::ValidConv;

type Wrong = network!([1, 28, 28] => ValidConv<8, 3> -> [9, 26, 26] => ValidConv<4, 26> -> [4, 1, 1]);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[[[0.0; 28]; 28]; 1]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
