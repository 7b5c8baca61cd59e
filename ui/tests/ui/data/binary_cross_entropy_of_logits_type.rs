// says: `typednet::prelude::BinaryCrossEntropy` is not a loss for a network that ends with `Linear` over `[f32; 1]`
use typednet::prelude::*;

use typednet::layers::pass;

type Net = network!(784 => Dense<128, Relu> => Dense<1>);

fn main() {
    let model = Net::seeded(0);
    let mut gradient = Net::zeroed();
    let mut memory = [0.0; 1 << 16];
    let x = [[0.0; 784]; 4];
    let targets = [[0.0; 1]; 4];
    let loss = BinaryCrossEntropy;
    pass::gradient(&*model, &loss, &x, &targets, &mut *gradient, &mut memory, PassContext::new(Key::new(0)));
}
