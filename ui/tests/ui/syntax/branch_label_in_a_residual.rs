// says: expected `,` or `>` in the arguments of `Residual`: write `Residual<Dense<64, Relu> => Dense<64>>`
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Residual<deep: Dense<784>>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
