// says: the numbers of a network are of type `f32` or `f64`, or of a parameter such as `T` that stands for either
use typednet::prelude::*;

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong<i32>: 784 => Dense<10>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
