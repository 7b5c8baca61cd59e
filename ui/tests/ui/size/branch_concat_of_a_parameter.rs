// says: layer `l1: Concat<Dense<N>, Dense<8>>`: what it gives depends on the parameter `N`, which Rust cannot compute with
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong<const N: usize>: 784 => Concat<Dense<N>, Dense<8>> => Dense<10>
}

fn main() {
    let model = Wrong::<4>::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::<4>::PARAMS, Wrong::<4>::summary(), y);
}
