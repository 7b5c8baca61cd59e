// says: `{float}` is not an optimiser
use typednet::prelude::*;

network! { pub struct Net: 4 => Dense<8, Relu> => Dense<3, Softmax> }

fn main() {
    let data = Dataset::new(vec![[0.5_f32; 4]; 8], vec![Class::<3>::default(); 8]).expect("a target for each row");
    let mut trainer = Trainer::new(Net::seeded(0), CrossEntropy, 1e-3).batch(4).epochs(3);
    trainer.fit(&data).expect("training");
    println!("{}", trainer.evaluate(&data).expect("an evaluation").loss);
}
