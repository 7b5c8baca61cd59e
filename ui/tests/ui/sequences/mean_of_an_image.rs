// says: layer `l1: MeanOverSteps`: it reads sequences, [length, channels], but the shape [8, 8, 3] comes in
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [8, 8, 3] => MeanOverSteps
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
