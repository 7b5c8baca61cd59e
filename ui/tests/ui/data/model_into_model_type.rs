// says: expected an array with a size of 784, found one with a size of 10
use typednet::prelude::*;

type Mnist = network!(784 => Dense<128, Relu> => Dense<10, Softmax>);

fn main() {
    let (first, second) = (Mnist::seeded(0), Mnist::seeded(1));
    let y = first.predict(&[0.0; 784]);
    second.predict(&y);
}
