// says: `Decoder` reads `[f32; 16]`, but the layer before it gives `[f32; 32]`
use typednet::prelude::*;

network! { pub struct Encoder: 784 => Dense<32, Relu> }
network! { pub struct Decoder: 16 => Dense<784, Sigmoid> }
network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Dense<32, Relu> => Decoder
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
