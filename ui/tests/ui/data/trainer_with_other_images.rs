// says: `Dataset<[u8; 784], Class<10>>` does not fit a network that reads `[f32; 756]`
use typednet::prelude::*;

network! { pub struct Small: 756 => Dense<128, Relu> => Dense<10, Softmax> }

fn main() {
    let digits = typednet::data::mnist::embedded().expect("digits");
    let mut trainer = Trainer::new(Small::seeded(0), CrossEntropy, Adam::new(1e-3)).epochs(3);
    trainer.fit(&digits.train).expect("training");
}
