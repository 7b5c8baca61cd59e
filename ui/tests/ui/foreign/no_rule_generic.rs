// says: `Maxout<W, 2>` stands for no layer that reads `[[[T; 28]; 28]; W]`
use typednet::prelude::*;
use typednet_foreign::{Maxout, Scale};

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong<T, const W: usize>: [W, 28, 28] => Maxout<W, 2> => Scale => Maxout<10, 2>
}

fn main() {
    let model = Wrong::<f32, 4>::seeded(0);
    let y = model.predict(&[[[0.0; 28]; 28]; 4]);
    println!("{} {} {:?}", Wrong::<f32, 4>::PARAMS, Wrong::<f32, 4>::summary(), y);
}
