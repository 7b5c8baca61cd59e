// says: `String` is not a layer that computes with `T`
use typednet::prelude::*;
use typednet_foreign::Scale;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong<T, const W: usize>: 784 => Dense<W, Relu> => Scale => String => Scale
}

fn main() {
    let model = Wrong::<f32, 5>::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::<f32, 5>::PARAMS, Wrong::<f32, 5>::summary(), y);
}
