// says: `ScaleLayer<f32, 32>` reads `[f32; 32]`, but the layer before it gives `[f32; 64]`
use typednet::prelude::*;
use typednet_foreign::{Scale, ScaleLayer};

type Wrong = network!(784 => Dense<64, Relu> => Scale => ScaleLayer<f32, 32> => Scale => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
