// says: `typednet_foreign::Scale` stands for no layer that reads `[[[f32; 28]; 28]; 1]`
use typednet::prelude::*;
use typednet_foreign::Scale;

type Wrong = network!([1, 28, 28] => Scale => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[[[0.0; 28]; 28]; 1]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
