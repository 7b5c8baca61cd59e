// says: expected `&[Class<10>]`, found `&[usize; 4]`
use typednet::prelude::*;

use typednet::layers::pass;

network! { pub struct Mnist: 784 => Dense<128, Relu> => Dense<10, Softmax> }

fn main() {
    let model = Mnist::seeded(0);
    let mut gradient = Mnist::zeroed();
    let mut memory = [0.0; 1 << 16];
    let x = [[0.0; 784]; 4];
    let targets = [7_usize, 2, 1, 0];
    pass::gradient(&*model, &CrossEntropy, &x, &targets, &mut *gradient, &mut memory, PassContext::new(Key::new(0)));
}
