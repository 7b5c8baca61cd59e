// says: `String` is not a layer that computes with `f32`
use typednet::prelude::*;
use typednet_foreign::Scale;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Dense<64, Relu> => Scale => String => Scale => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
