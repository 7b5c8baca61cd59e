// says: layer `l2: Dropout<{ P }>`: a probability is from 0 up to but not including 1
use typednet::prelude::*;

const P: f64 = 1.5;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Dense<10> => Dropout<{ P }>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
