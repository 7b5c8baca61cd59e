// says: `type` is a keyword of Rust: call the layer `type_` or the like
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Add<type: Dense<64>, Dense<64>>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
