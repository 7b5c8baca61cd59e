// says: layer `l2: Residual<Dense<32, Relu> => Dense<WIDTH>>` gives 48, but a residual adds that to what it reads, 64
use typednet::prelude::*;

const WIDTH: usize = 48;
type Wrong = network!(784 => Dense<64> => Residual<Dense<32, Relu> => Dense<WIDTH>> => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
