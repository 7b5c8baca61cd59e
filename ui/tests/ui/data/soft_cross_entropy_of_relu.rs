// says: `SoftCrossEntropy` is not a loss for a network that ends with `typednet::prelude::Relu` over `[f32; 10]`
use typednet::prelude::*;

use typednet::layers::pass;

network! { pub struct Net: 784 => Dense<128, Relu> => Dense<10, Relu> }

fn main() {
    let model = Net::seeded(0);
    let mut gradient = Net::zeroed();
    let mut memory = [0.0; 1 << 16];
    let x = [[0.0; 784]; 4];
    let targets = [[0.1; 10]; 4];
    let loss = typednet::loss::SoftCrossEntropy;
    pass::gradient(&*model, &loss, &x, &targets, &mut *gradient, &mut memory, PassContext::new(Key::new(0)));
}
