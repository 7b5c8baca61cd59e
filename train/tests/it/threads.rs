//! The same bits on any number of threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use typednet_data::{Augment, Augmented, Dataset, Source, mnist};
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{Chain, Dense, Layer, Relu, Softmax};
use typednet_optim::Adam;
use typednet_tensor::{Class, Flat, Key};
use typednet_train::{Callback, CallbackResult, Control, StepView, TrainError, Trainer};

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

/// Digits that are shifted and turned, trained for two epochs.
fn augmented(ahead: bool, stop_at: Option<u64>) -> Vec<u32> {
    let digits = mnist::embedded().expect("the embedded digits");
    let (train, _) = digits.train.split_at(500).expect("there are 8,000");
    let changes = Augment::<28, 28, 1>::new().shift(0.1).rotate(10.0);
    let train = Augmented::new(train, changes).expect("digits are images");
    let mut trainer = Trainer::new(Mnist::seeded(3), CrossEntropy, Adam::new(1e-3)).batch(33).epochs(2).quiet();
    if ahead {
        trainer = trainer.gather_ahead();
    }
    if let Some(step) = stop_at {
        trainer = trainer.callback(StopAfter(step));
        trainer.fit(&train).expect("finite numbers");
        assert_eq!(trainer.steps(), step);
    }
    trainer.fit(&train).expect("finite numbers");
    trainer.model().as_flat().iter().map(|weight| weight.to_bits()).collect()
}

struct StopAfter(u64);

impl<M: Layer> Callback<M> for StopAfter {
    fn every_steps(&self) -> u64 {
        self.0
    }

    fn after_step(&mut self, view: &StepView<'_, M>) -> CallbackResult {
        Ok(if view.step == self.0 { Control::Stop } else { Control::Continue })
    }
}

#[test]
fn gathering_ahead_changes_no_bit() {
    let usual = augmented(false, None);
    assert!(augmented(true, None) == usual);
    // Within an epoch, and after its last step but one.
    for step in [1, 7, 15] {
        assert!(augmented(true, Some(step)) == augmented(false, Some(step)), "stopped after step {step}");
    }
}

/// Data whose fourth sample becomes a mistake once all eight were looked at; counts what it was asked for.
struct Broken(AtomicUsize);

impl Source<[f32; 784], Class<10>> for Broken {
    fn len(&self) -> usize {
        8
    }

    fn target(&self, _: u32) -> Class<10> {
        Class::default()
    }

    fn gather(&self, rows: &[u32], _: Key, x: &mut [[f32; 784]], y: &mut [Class<10>]) {
        let asked = self.0.fetch_add(rows.len(), Ordering::Relaxed);
        assert!(asked < 8 || !rows.contains(&3), "the fourth sample is a mistake");
        x.as_flattened_mut().fill(0.5);
        y.fill(Class::default());
    }
}

#[test]
#[should_panic(expected = "a scoped thread panicked")]
fn a_panic_of_the_data_is_a_panic_of_the_training() {
    let mut trainer = Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(1e-3)).batch(1).gather_ahead().quiet();
    let _ = trainer.fit(&Broken(AtomicUsize::new(0)));
}
