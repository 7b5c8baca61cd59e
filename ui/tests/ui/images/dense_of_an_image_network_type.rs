// says: `Dense<3456, 10>` reads one row of numbers, but the layer before it gives `[[[f32; 6]; 24]; 24]`: write `Flatten =>` before it
use typednet::prelude::*;

network! {
    /// What only rustc knows the shape of.
    pub struct Encoder: [28, 28, 1] => Conv2d<6, 5>
}

type Wrong = network!([28, 28, 1] => Encoder => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    println!("{} {} {}", Wrong::PARAMS, Wrong::summary(), std::mem::size_of_val(&model));
}
