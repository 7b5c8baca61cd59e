// says: layers and brackets are nested at most 32 deep: make a network of its own of what is inside
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Residual<Dense<784>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
