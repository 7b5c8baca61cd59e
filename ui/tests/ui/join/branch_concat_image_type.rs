// says: layer `l1: Concat<Relu, Flatten>`: branch `Flatten` gives 6, but branch `Relu` gives [2, 3]: a concat joins the last axis
use typednet::prelude::*;

type Wrong = network!([2, 3] => Concat<Relu, Flatten>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[[0.0; 3]; 2]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
