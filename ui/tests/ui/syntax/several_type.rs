// says: write `Dense<128, Relu>`: a layer is a type
// says: layer `l2: Dense<64, Relu, Tanh>`: one argument too many
// says: layer `l3: Dense<12, Softmax>` gives 12, but the network is declared to give 10
use typednet::prelude::*;

type Wrong = network!(784 => Dense(128, Relu) => Dense<64, Relu, Tanh> => Dense<12, Softmax> -> 10);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
