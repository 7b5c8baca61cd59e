// says: with a loss that compares with `[f32; 3]`
use typednet::prelude::*;

network! { pub struct Net: 4 => Dense<8, Relu> => Dense<3> }

fn main() {
    let data = Dataset::new(vec![[0.5_f32; 4]; 8], vec![Class::<3>::default(); 8]).expect("a target for each row");
    let mut trainer = Trainer::new(Net::seeded(0), SquaredError::Mean, Adam::new(1e-3)).batch(4);
    trainer.fit_validated(&data, &data).expect("training");
}
