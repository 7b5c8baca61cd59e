// says: gives `[f32; 48]`, but a residual adds that to what it reads, `[f32; 64]`
use typednet::prelude::*;

network! { pub struct Branch: 64 => Dense<48, Relu> }
network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Dense<64> => Residual<Branch> => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
