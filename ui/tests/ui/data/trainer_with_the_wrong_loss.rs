// says: `typednet::prelude::CrossEntropy` is not a loss for a network that ends with `Linear` over `[f32; 10]`
use typednet::prelude::*;

network! {
    /// It ends without an activation.
    pub struct Regression: 784 => Dense<128, Relu> => Dense<10>
}

fn main() {
    let digits = typednet::data::mnist::embedded().unwrap();
    let mut trainer = Trainer::new(Regression::seeded(0), CrossEntropy, Adam::new(1e-3)).batch(64).epochs(2);
    trainer.fit(&digits.train).unwrap();
    println!("{}", trainer.evaluate(&digits.test).unwrap().loss);
}
