// says: `typednet::prelude::Dataset<Vec<f32>, [f32; 1]>` does not fit a network that reads `[f32; 4]` with a loss that compares with `[f32; 1]`
use typednet::prelude::*;

network! { pub struct Net: 4 => Dense<8, Relu> => Dense<1> }

fn main() {
    let rows = vec![vec![0.5_f32, 1.0, 1.5, 2.0]; 8];
    let data = Dataset::new(rows, vec![[1.0_f32]; 8]).expect("a target for each row");
    let mut trainer = Trainer::new(Net::seeded(0), SquaredError::Mean, Adam::new(1e-3)).batch(4);
    trainer.fit(&data).expect("training");
}
