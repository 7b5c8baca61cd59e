// says: layer `l1: Concat<Relu, Tanh>`: branch `Relu` gives the shape [2, 3], but a concat joins rows of numbers
use typednet::prelude::*;

type Wrong = network!([2, 3] => Concat<Relu, Tanh>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[[0.0; 3]; 2]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
