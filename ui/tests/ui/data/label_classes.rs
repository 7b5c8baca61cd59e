// says: expected `&[Class<10>]`, found `&[Class<3>; 4]`
use typednet::prelude::*;

use typednet::layers::pass;

network! { pub struct Mnist: 784 => Dense<128, Relu> => Dense<10, Softmax> }

fn main() {
    let model = Mnist::seeded(0);
    let mut gradient = Mnist::zeroed();
    let mut memory = [0.0; 1 << 16];
    let x = [[0.0; 784]; 4];
    let targets = [Class::<3>::default(); 4];
    pass::gradient(&*model, &CrossEntropy, &x, &targets, &mut *gradient, &mut memory, PassContext::new(Key::new(0)));
}
