//! Weights and checkpoints.

use typednet::data::Dataset;
use typednet::layers::loss::CrossEntropy;
use typednet::layers::{Chain, Dense, Network, Relu, Softmax};
use typednet::optim::Adam;
use typednet::tensor::{Class, Flat};
use typednet::train::{Trainer, load_weights, save_weights};

use crate::files::{Folder, written};

pub(crate) type Net = Chain<Dense<2, 3, Relu>, Dense<3, 2, Softmax>>;

/// Four points of two classes.
pub(crate) fn points() -> Dataset<[f32; 2], Class<2>> {
    let samples = vec![[0.0, 1.0], [1.0, 0.0], [0.2, 0.8], [0.9, 0.3]];
    let targets = [0, 1, 0, 1].map(|label| Class::new(label).expect("0 or 1"));
    Dataset::new(samples, targets.to_vec()).expect("as many targets as samples")
}

pub(crate) fn trainer() -> Trainer<Net, CrossEntropy, Adam> {
    Trainer::new(Net::seeded(1), CrossEntropy, Adam::new(0.01)).batch(2).epochs(2).seed(7).quiet()
}

/// What is loaded predicts.
pub(crate) fn weights(bytes: &[u8]) {
    let folder = Folder::new();
    let path = folder.file("weights.safetensors", bytes);
    match load_weights::<Net>(&path) {
        Ok(model) => drop(format!("{:?}", model.predict(&[0.5, 0.5]))),
        Err(error) => drop(error.to_string()),
    }
}

pub(crate) fn weights_seeds() -> Vec<Vec<u8>> {
    vec![written("weights.safetensors", |path| save_weights(&*Net::seeded(1), path))]
}

/// What is resumed trains on.
pub(crate) fn run(bytes: &[u8]) {
    let folder = Folder::new();
    let path = folder.file("step.safetensors", bytes);
    let mut trainer = trainer();
    match trainer.resume(&path) {
        Ok(()) => match trainer.fit(&points()) {
            Ok(history) => drop(format!("{history:?} {}", trainer.model().as_flat().len())),
            Err(error) => drop(error.to_string()),
        },
        Err(error) => drop(error.to_string()),
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut trainer = trainer().epochs(1);
    trainer.fit(&points()).expect("a training");
    vec![written("step.safetensors", |path| trainer.save_checkpoint(path))]
}
