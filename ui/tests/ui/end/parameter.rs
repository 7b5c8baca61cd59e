// says: `Dense<128, WIDTH, Softmax>` gives `[f32; WIDTH]`, but `->` behind it declares `[f32; 10]`
use typednet::prelude::*;

network! { pub struct Wrong<const WIDTH: usize>: 784 => Dense<128, Relu> => Dense<WIDTH, Softmax> -> 10 }

fn main() {
    let model = Wrong::<12>::seeded(0);
    println!("{:?}", model.predict(&[0.0; 784]));
}
