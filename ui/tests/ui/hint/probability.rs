// says: expected a probability, found `P`: a `const` item stands in braces, `{ P }`
use typednet::prelude::*;

const P: f64 = 0.5;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Dropout<P> => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
