// says: expected `&[[f32; 784]]`, found `&[[{float}; 756]; 4]`
use typednet::prelude::*;

use typednet::layers::pass;

network! { pub struct Mnist: 784 => Dense<128, Relu> => Dense<10, Softmax> }

fn main() {
    let model = Mnist::seeded(0);
    let batch = [[0.0; 756]; 4];
    pass::infer(&*model, &batch, &mut [0.0; 10_000], PassContext::new(Key::new(0)));
}
