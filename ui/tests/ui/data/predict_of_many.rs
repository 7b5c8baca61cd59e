// says: one sample; `predict_many` takes a slice of them
use typednet::prelude::*;

network! { pub struct Net: 4 => Dense<8, Relu> => Dense<3, Softmax> }

fn main() {
    let rows = vec![[0.5_f32; 4]; 8];
    let answers = Net::seeded(0).predict(&rows);
    println!("{}", answers.len());
}
