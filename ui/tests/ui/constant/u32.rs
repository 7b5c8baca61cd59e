// says: expected `usize`, found `u32`
use typednet::prelude::*;

const WIDTH: u32 = 784;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: WIDTH => Dense<WIDTH, Relu> => Dense<WIDTH> => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
