//! The same bits on any number of threads.
#![allow(missing_docs, reason = "a test")]

use typednet_data::{Dataset, mnist};
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{Chain, Dense, Network, Relu, Softmax};
use typednet_optim::Adam;
use typednet_tensor::Flat;
use typednet_train::{TrainError, Trainer};

type Mnist = Chain<Dense<784, 128, Relu>, Chain<Dense<128, 64, Relu>, Dense<64, 10, Softmax>>>;

/// The weights after an epoch, and the loss over the test digits.
fn trained(threads: usize, batch: usize) -> (Vec<u32>, u64) {
    let digits = mnist::embedded().expect("the embedded digits");
    let (train, _) = digits.train.split_at(1_000).expect("there are 8,000");
    let mut trainer =
        Trainer::new(Mnist::seeded(3), CrossEntropy, Adam::new(1e-3)).batch(batch).epochs(1).threads(threads).quiet();
    trainer.fit(&train).expect("finite numbers");
    let loss = trainer.evaluate(&digits.test).expect("finite numbers").loss;
    (trainer.model().as_flat().iter().map(|weight| weight.to_bits()).collect(), loss.to_bits())
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for batch in [1, 33, 128, 1_000] {
        let serial = trained(1, batch);
        for threads in [2, 3, 5] {
            assert!(trained(threads, batch) == serial, "batch {batch} on {threads} threads");
        }
    }
}

#[test]
fn no_thread_is_an_error() {
    let data = Dataset::new([[0.5_f32; 784]], [typednet_tensor::Class::new(0).expect("a class")]).expect("one sample");
    let mut trainer = Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(1e-3)).threads(0).quiet();
    let error = trainer.fit(&data).expect_err("no thread");
    assert!(matches!(error, TrainError::Threads { asked: 0, .. }));
    assert_eq!(error.to_string(), "0 threads cannot be had: at least one thread must compute");
}
