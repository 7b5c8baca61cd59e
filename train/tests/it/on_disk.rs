//! A training from a file has the bits of one from memory, and ends where the file changes.

use std::fs::{self, File};
use std::path::PathBuf;

use typednet_data::{Dataset, OnDisk, mnist};
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{Chain, Dense, Layer, Relu, Softmax};
use typednet_optim::Adam;
use typednet_tensor::{Class, Flat};
use typednet_train::{Callback, CallbackResult, Control, Data, StepView, TrainError, Trainer};

type Net = Chain<Dense<784, 16, Relu>, Dense<16, 10, Softmax>>;
type Images = Dataset<[u8; 784], Class<10>>;

/// The samples of a data set as a file of records, which goes when the test ends.
struct Records(PathBuf);

impl Records {
    fn of(data: &Images, name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("typednet-train-{name}-{}", std::process::id()));
        fs::write(&path, data.samples().as_flattened()).expect("room");
        Self(path)
    }
}

impl Drop for Records {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.0);
    }
}

fn digits() -> Images {
    mnist::embedded().expect("the embedded digits").train.split_at(500).expect("there are more").0
}

fn trainer() -> Trainer<Net, CrossEntropy, Adam> {
    Trainer::new(typednet_layers::Network::seeded(1), CrossEntropy, Adam::new(2e-3)).batch(64).epochs(3).quiet()
}

/// Cuts a file after a step.
struct Cut(PathBuf);

impl<M: Layer> Callback<M> for Cut {
    fn every_steps(&self) -> u64 {
        3
    }

    fn after_step(&mut self, view: &StepView<'_, M>) -> CallbackResult {
        if view.step == 9 {
            File::options().write(true).open(&self.0)?.set_len(1000)?;
        }
        Ok(Control::Continue)
    }
}

#[test]
fn a_training_from_a_file_has_the_bits_of_one_from_memory() {
    let data = digits();
    let records = Records::of(&data, "bits");
    let on_disk = OnDisk::<[u8; 784], _>::records(&records.0, 0, data.targets().to_vec()).expect("a file");
    let made = |mut trainer: Trainer<Net, CrossEntropy, Adam>, data: &dyn Data<[f32; 784], Class<10>>| {
        trainer.fit_validated(data, data).expect("training");
        let losses: Vec<_> =
            trainer.history().records().iter().map(|record| (record.training, record.validation)).collect();
        let weights: Vec<u32> = trainer.model().as_flat().iter().map(|weight| weight.to_bits()).collect();
        (weights, format!("{losses:?}"), trainer.steps())
    };
    let expected = made(trainer(), &data);
    assert_eq!(expected.2, 24);
    assert!(made(trainer(), &on_disk) == expected);
    assert!(made(trainer().threads(2), &on_disk) == expected);
    assert!(made(trainer().gather_ahead(), &on_disk) == expected);
    assert!(made(trainer().shards(4), &on_disk) == made(trainer().shards(4), &data));
}

/// At the next batch, in words, with what was trained before.
#[test]
fn a_file_that_changes_ends_the_training() {
    let data = digits();
    for ahead in [false, true] {
        let records = Records::of(&data, &format!("changes-{ahead}"));
        let on_disk = OnDisk::<[u8; 784], _>::records(&records.0, 0, data.targets().to_vec()).expect("a file");
        let trainer = trainer().callback(Cut(records.0.clone()));
        let mut trainer = if ahead { trainer.gather_ahead() } else { trainer };
        let error = trainer.fit(&on_disk).expect_err("the file was cut");
        let TrainError::Data { message } = &error else { panic!("{error}") };
        assert!(message.contains("was written to, cut or replaced since it was opened"), "{error}");
        // What was gathered ahead, up to two batches, was read before.
        let steps = trainer.steps();
        assert!(if ahead { (9..=11).contains(&steps) } else { steps == 9 }, "{steps}");
        // Nothing is trained or measured from it any more.
        let error = trainer.evaluate(&on_disk).expect_err("the file was cut");
        assert!(matches!(error, TrainError::Data { .. }), "{error}");
        assert!(trainer.fit(&on_disk).is_err() && trainer.steps() == steps);
    }
}
