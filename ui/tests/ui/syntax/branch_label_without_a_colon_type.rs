// says: expected `:` after the label: `deep: Dense<64>`
use typednet::prelude::*;

type Wrong = network!(784 => Add<deep Dense<64>, Dense<64>>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
