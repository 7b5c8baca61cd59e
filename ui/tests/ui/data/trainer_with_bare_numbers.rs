// says: `typednet::prelude::Dataset<[f32; 4], f32>` does not fit a network that reads `[f32; 4]` with a loss that compares with `[f32; 1]`
use typednet::prelude::*;

network! { pub struct Net: 4 => Dense<8, Relu> => Dense<1> }

fn main() {
    let data = Dataset::new(vec![[0.5_f32; 4]; 8], vec![1.5_f32; 8]).expect("a target for each row");
    let mut trainer = Trainer::new(Net::seeded(0), SquaredError::Mean, Adam::new(1e-3)).batch(4);
    trainer.fit(&data).expect("training");
}
