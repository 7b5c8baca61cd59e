// says: branches stand in `Add<…>`, which adds what they give, or in `Concat<…>`
use typednet::prelude::*;

type Wrong = network!(784 => (Dense<10>, Dense<10>) => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
