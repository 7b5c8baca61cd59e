// says: `Encoder` reads `[[f32; 128]; 64]`, but the network's input is `[[f32; 128]; 65]`
use typednet::prelude::*;

network! {
    /// There are as many positions as steps.
    pub struct Encoder: [64, 128] => Positions => Attention<4>
}

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: [65, 128] => Encoder
}

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
