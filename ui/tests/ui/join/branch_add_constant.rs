// says: layer `l2: Add<Dense<32, Relu> => Dense<64>, Dense<64>, Dense<WIDTH>>`: branch `Dense<WIDTH>` gives 48, but branch `Dense<32, Relu> => Dense<64>` gives 64
use typednet::prelude::*;

const WIDTH: usize = 48;
network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Dense<64> => Add<Dense<32, Relu> => Dense<64>, Dense<64>, Dense<WIDTH>> => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
