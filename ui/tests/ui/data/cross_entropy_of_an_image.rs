// says: is not a loss for a network that ends with `Softmax` over `[[[f32; 28]; 28]; 1]`
use typednet::prelude::*;

network! { pub struct Net: [1, 28, 28] => Softmax }

fn main() {
    let trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(1e-3)).batch(64).epochs(2);
    println!("{}", trainer.steps());
}
