// says: `typednet::prelude::Adam` is not a loss for a network that ends with `Softmax` over `[f32; 3]`
use typednet::prelude::*;

network! { pub struct Net: 4 => Dense<8, Relu> => Dense<3, Softmax> }

fn main() {
    let data = Dataset::new(vec![[0.5_f32; 4]; 8], vec![Class::<3>::default(); 8]).expect("a target for each row");
    let mut trainer = Trainer::new(Net::seeded(0), Adam::new(1e-3), CrossEntropy).batch(4).epochs(3);
    trainer.fit(&data).expect("training");
    println!("{}", trainer.steps());
}
