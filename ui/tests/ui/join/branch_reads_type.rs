// says: `Branch` reads `[f32; 48]`, but the layer before it gives `[f32; 64]`
use typednet::prelude::*;

network! { pub struct Branch: 48 => Dense<48, Relu> }
type Wrong = network!(784 => Dense<64> => Concat<Dense<32>, Branch> => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
