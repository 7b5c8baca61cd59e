//! The networks reach the accuracy that other frameworks reach with the same settings.

use std::io::Write;
use std::path::PathBuf;

use typednet::data::{Augment, Augmented, Split, mnist};
use typednet::loss::CrossEntropy;
use typednet::optim::Adam;
use typednet::optim::schedule::Cosine;
use typednet::prelude::*;
use typednet::train::Evaluation;

network! {
    struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10
}

/// The test set's loss and accuracy after training with batches of 64 and Adam at 1e-3.
fn train(data: &Split<mnist::Image, mnist::Label>, epochs: usize, seed: u64) -> Evaluation {
    let mut trainer =
        Trainer::new(Mnist::seeded(seed), CrossEntropy, Adam::new(1e-3)).batch(64).epochs(epochs).seed(seed).quiet();
    trainer.fit(&data.train).expect("training");
    trainer.evaluate(&data.test).expect("an evaluation")
}

/// `PyTorch` reaches 94.1 to 94.6 % here.
#[test]
fn the_embedded_digits_reach_94_percent_for_each_seed() {
    let digits = mnist::embedded().expect("the embedded digits");
    for seed in 0..3 {
        let result = train(&digits, 10, seed);
        println!("seed {seed}: {result}");
        assert!(result.accuracy >= Some(0.94), "seed {seed}: {result}");
    }
}

/// What `cargo run --release --example mnist -- --augment --epochs 60 --batch 32 --rate 0.002` does. `PyTorch` reaches 98.0 %
/// with affine augmentation.
#[test]
#[ignore = "trains for half a minute: cargo xtask check lessons"]
fn augmented_digits_reach_97_5_percent() {
    let digits = mnist::embedded().expect("the embedded digits");
    let changes = Augment::<28, 28, 1>::new().shift(0.08).rotate(12.0).scale(0.9, 1.1).shear(8.0);
    let train = Augmented::new(digits.train, changes).expect("digits are images");
    let mut trainer = Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(2e-3))
        .batch(32)
        .epochs(60)
        .schedule_by_epoch(Cosine::new(60))
        .gather_ahead()
        .quiet();
    trainer.fit(&train).expect("training");
    let result = trainer.evaluate(&digits.test).expect("an evaluation");
    println!("{result}");
    assert!(result.accuracy >= Some(0.975), "{result}");
}

/// `PyTorch`, Keras, JAX, candle and dfdx reach 86.1 to 87.8 % here.
///
/// It needs the files of Fashion-MNIST, in the folder that `TYPEDNET_FASHION` names or where Debian's
/// `dataset-fashion-mnist` puts them.
#[test]
fn fashion_mnist_reaches_86_8_percent_on_average() {
    let folder = std::env::var_os("TYPEDNET_FASHION").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| "/usr/share/datasets/fashion-mnist".into());
    if !folder.exists() {
        // Not by `println!`, which a passing test does not show.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: {} does not exist; set TYPEDNET_FASHION to a folder with the files",
            folder.display()
        );
        return;
    }
    let clothes = mnist::from_folder(folder).expect("the files of Fashion-MNIST");
    let results = [0, 1, 2].map(|seed| train(&clothes, 5, seed));
    let mean = results.iter().filter_map(|result| result.accuracy).sum::<f64>() / 3.0;
    println!("mean accuracy {:.2} % of {results:?}", 100.0 * mean);
    assert!(mean >= 0.868, "mean accuracy {:.2} % of {results:?}", 100.0 * mean);
}
