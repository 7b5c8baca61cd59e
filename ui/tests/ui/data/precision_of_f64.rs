// says: products of `f64` are not computed in bf16
use typednet::prelude::*;

network! {
    struct Net<T>: 2 => Dense<1> -> 1
}

fn main() {
    let trainer = Trainer::new(Net::<f64>::seeded(0), SquaredError::Mean, Adam::new(0.1));
    trainer.precision(Precision::Bf16);
}
