// says: expected `&[[f32; 10]]`, found `&[[{float}; 12]; 4]`
use typednet::prelude::*;

use typednet::layers::pass;

network! { pub struct Regression: 784 => Dense<128, Relu> => Dense<10> }

fn main() {
    let model = Regression::seeded(0);
    let mut gradient = Regression::zeroed();
    let mut memory = [0.0; 1 << 16];
    let x = [[0.0; 784]; 4];
    let targets = [[0.0; 12]; 4];
    pass::gradient(&*model, &SquaredError::Mean, &x, &targets, &mut *gradient, &mut memory, PassContext::new(Key::new(0)));
}
