// says: a doc comment belongs to a struct's field
use typednet::prelude::*;

type Wrong = network!(784 => /** What it finds. */ Dense<64> => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
