// says: `ScaleLayer<T, 5>` reads `[T; 5]`, but the layer before it gives `[T; W]`
use typednet::prelude::*;
use typednet_foreign::{Scale, ScaleLayer};

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong<T, const W: usize>: 784 => Dense<W, Relu> => Scale => ScaleLayer<T, 5> => Scale
}

fn main() {
    let model = Wrong::<f32, 4>::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::<f32, 4>::PARAMS, Wrong::<f32, 4>::summary(), y);
}
