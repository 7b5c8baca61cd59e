// says: expected `f64`, found `u32`
use typednet::prelude::*;

const P: u32 = 0;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Dense<10> => Dropout<{ P }> => Dropout<{ P }>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
