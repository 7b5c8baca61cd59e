// says: two parameters are both called `N`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong<const N: usize, const N: usize>: 784 => Dense<N>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
