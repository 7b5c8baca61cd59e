//! Weights, checkpoints, and what says whose run a folder of checkpoints is.

use std::fs;

use typednet::data::Dataset;
use typednet::layers::loss::CrossEntropy;
use typednet::layers::{Chain, Dense, Network, Relu, Softmax};
use typednet::optim::Adam;
use typednet::tensor::Class;
use typednet::train::{Checkpoints, Trainer, load_weights, save_weights};

use crate::files::{Folder, read, said, written};
use crate::seal::unsealed;

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
    read("weights.safetensors", bytes, |path| said(load_weights::<Net>(path).map(|model| model.predict(&[0.5, 0.5]))));
}

pub(crate) fn weights_seeds() -> Vec<Vec<u8>> {
    let ours = written("weights.safetensors", |path| save_weights(&Net::seeded(1), path));
    // Another program writes no checksum.
    let foreign = unsealed(&ours).expect("a checksum");
    vec![ours, foreign]
}

/// What is resumed trains on.
pub(crate) fn run(bytes: &[u8]) {
    read("step.safetensors", bytes, |path| {
        let mut trainer = trainer();
        match trainer.resume(path) {
            Ok(()) => said(trainer.fit(&points())),
            Err(error) => drop(error.to_string()),
        }
    });
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut trainer = trainer().epochs(1);
    trainer.fit(&points()).expect("a training");
    vec![written("step.safetensors", |path| trainer.save_checkpoint(path))]
}

/// The file among the checkpoints of a run that says whose they are.
const CARD: &str = "run.json";

/// A folder of runs with such a file in it is listed, and a trainer that looks there for its own run trains.
pub(crate) fn card(bytes: &[u8]) {
    read(CARD, bytes, |path| {
        let runs = Folder::new();
        let somebodys = runs.inner("somebody's");
        let card = somebodys.file(CARD, &fs::read(path).expect("the file"));
        for run in Checkpoints::runs(runs.root()).expect("a folder") {
            said::<_, String>(Ok((run.network(), run.settings(), run.run().begun())));
            said(run.newest());
        }
        said(trainer().epochs(1).checkpoints(Checkpoints::new(runs.root()).resume()).fit(&points()));
        assert_eq!(fs::read(card).ok(), fs::read(path).ok(), "a folder of another name is left alone");
    });
}

pub(crate) fn card_seeds() -> Vec<Vec<u8>> {
    let folder = Folder::new();
    let mut trainer = trainer().epochs(1).checkpoints(Checkpoints::new(folder.root()));
    trainer.fit(&points()).expect("a training");
    let run = trainer.checkpoint_folder().expect("the run's folder");
    vec![fs::read(run.join(CARD)).expect("the run's file")]
}
