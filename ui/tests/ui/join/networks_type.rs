// says: `Decoder` reads `[f32; 16]`, but the layer before it gives `[f32; 32]`
use typednet::prelude::*;

network! { pub struct Encoder: 784 => Dense<32, Relu> }
network! { pub struct Decoder: 16 => Dense<784, Sigmoid> }
type Wrong = network!(784 => Encoder => Decoder);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
