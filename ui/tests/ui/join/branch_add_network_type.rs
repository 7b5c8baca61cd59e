// says: gives `[f32; 64]`, but branch `Branch`, to which it is added, gives `[f32; 48]`
use typednet::prelude::*;

network! { pub struct Branch: 64 => Dense<48, Relu> }
type Wrong = network!(784 => Dense<64> => Add<Branch, Dense<64>> => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
