// says: cannot find type `Rellu` in this scope
use typednet::prelude::*;

type Wrong = network!(784 => Dense<128, Rellu> => Dense<10, Softmax>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
