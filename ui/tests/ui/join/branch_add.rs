// says: layer `l2: Add<deep: Dense<32, Relu> => Dense<64>, wide: Dense<48>>`: branch `wide: Dense<48>` gives 48, but branch `deep: Dense<32, Relu> => Dense<64>` gives 64
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Dense<64> => Add<deep: Dense<32, Relu> => Dense<64>, wide: Dense<48>> => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
