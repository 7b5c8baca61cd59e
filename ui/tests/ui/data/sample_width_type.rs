// says: expected an array with a size of 784, found one with a size of 28
use typednet::prelude::*;

type Mnist = network!(784 => Dense<128, Relu> => Dense<10, Softmax>);

fn main() {
    Mnist::seeded(0).predict(&[0.0; 28]);
}
