//! A network that learns 500 digits by heart, and each cure beside it (lecture section 7).
//!
//! ```text
//! cargo run --release --example overfitting
//! ```

use std::error::Error;

use plotters::prelude::SeriesLabelPosition;
use typednet::data::{Augment, Augmented, Source, mnist};
use typednet::optim::Penalty;
use typednet::prelude::*;
use typednet::train::{EarlyStopping, Record};

mod common;

use common::picture::{Chart, Picture};

network! {
    /// Handwritten digits.
    pub struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10
}

network! {
    /// The same with dropout: a fifth of the inputs, half of the hidden neurons.
    pub struct Dropped: 784 => Dropout<0.2> => Dense<128, Relu> => Dropout<0.5> => Dense<64, Relu> => Dropout<0.2>
        => Dense<10, Softmax> -> 10
}

/// Images of 28×28 bytes with their digits.
type Digits = Dataset<mnist::Image, mnist::Label>;

/// How long each is trained at most.
pub const EPOCHS: usize = 60;

/// What is trained on, looked at while training, and kept for the end.
pub struct Parts {
    train: Digits,
    validation: Digits,
    test: Digits,
}

/// 500 digits to train on, 1,000 to validate with, 1,000 to test on.
///
/// # Errors
/// If the embedded digits are damaged.
pub fn parts() -> Result<Parts, Box<dyn Error>> {
    let digits = mnist::embedded()?;
    let (validation, test) = digits.test.split_at(1_000)?;
    Ok(Parts { train: digits.train.take(500)?, validation, test })
}

/// One training.
pub struct Cure {
    /// What was done against overfitting.
    pub name: &'static str,
    /// Its epochs.
    pub records: Vec<Record>,
    /// The mean loss over the test digits in the end.
    pub test_loss: f64,
    /// The share of the test digits that are read rightly in the end.
    pub accuracy: f64,
}

impl Cure {
    /// The validation losses.
    fn validation(&self) -> impl Iterator<Item = f64> {
        self.records.iter().filter_map(|record| record.validation).map(|validation| validation.loss)
    }
}

/// Trains to the end and measures.
fn finish<M, S>(
    name: &'static str,
    trainer: Trainer<M, CrossEntropy, Adam>,
    train: &S,
    parts: &Parts,
) -> Result<Cure, Box<dyn Error>>
where
    M: Layer<In = [f32; 784], Out = [f32; 10], Elem = f32>,
    S: Source<[f32; 784], Class<10>>,
{
    let mut trainer = trainer.batch(32).epochs(EPOCHS).quiet();
    let records = trainer.fit_validated(train, &parts.validation)?.records().to_vec();
    let test = trainer.evaluate(&parts.test)?;
    Ok(Cure { name, records, test_loss: test.loss, accuracy: test.accuracy.unwrap_or(0.0) })
}

/// Nothing done, and each cure.
///
/// # Errors
/// If a loss does not stay finite.
pub fn cures(parts: &Parts) -> Result<[Cure; 6], Box<dyn Error>> {
    let plain = || Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(1e-3));
    let dropped = Trainer::new(Dropped::seeded(0), CrossEntropy, Adam::new(1e-3));
    let train = &parts.train;
    let augment = Augment::<1, 28, 28>::new().shift(0.08).rotate(12.0).scale(0.9, 1.1).shear(8.0);
    Ok([
        finish("nothing done", plain(), train, parts)?,
        finish("L1, λ = 0.0005", plain().penalty(Penalty::l1(5e-4)), train, parts)?,
        finish("L2, λ = 0.003", plain().penalty(Penalty::l2(3e-3)), train, parts)?,
        finish("dropout", dropped, train, parts)?,
        finish("early stopping", plain().callback(EarlyStopping::new().patience(5)), train, parts)?,
        finish("augmentation", plain(), &Augmented::new(train, augment)?, parts)?,
    ])
}

/// Nothing done: the training loss goes to 0, that of new digits rises again. Each cure: a lower loss of new digits.
///
/// # Panics
/// If it is not so.
pub fn check(cures: &[Cure; 6]) {
    let nothing = &cures[0];
    let last = nothing.records[EPOCHS - 1];
    let lowest = nothing.validation().fold(f64::INFINITY, f64::min);
    let end = last.validation.map_or(f64::NAN, |validation| validation.loss);
    assert!(last.training.loss < 0.01, "learned by heart: {}", last.training.loss);
    assert!(end > 1.1 * lowest, "and worse on new digits than before: {lowest}, then {end}");
    for cure in &cures[1..] {
        assert!(cure.test_loss < nothing.test_loss, "{}: {} and {}", cure.name, cure.test_loss, nothing.test_loss);
    }
    assert!(cures[4].records.len() < EPOCHS, "early stopping ends early");
    assert!(cures[5].accuracy > nothing.accuracy + 0.02, "augmentation reads more digits");
}

fn main() -> Result<(), Box<dyn Error>> {
    let parts = parts()?;
    let cures = cures(&parts)?;
    println!("784-128-64-10 on {} digits; loss and accuracy on {} new ones", parts.train.len(), parts.test.len());
    let mut charts = Vec::new();
    for cure in &cures {
        let epochs = cure.records.len();
        let training = cure.records[epochs - 1].training.loss;
        println!(
            "  {:<15} {epochs:>2} epochs, training loss {training:.3}, test loss {:.3}, {:.1} % right",
            cure.name,
            cure.test_loss,
            100.0 * cure.accuracy
        );
        let points = |losses: Vec<f64>| losses.into_iter().enumerate().map(|(i, loss)| (i as f64 + 1.0, loss));
        let chart = Chart::new(format!("{}: test {:.1} %", cure.name, 100.0 * cure.accuracy), "epoch", "cross-entropy")
            .x_range(0.0, EPOCHS as f64 + 1.0)
            .y_range(0.0, 1.2)
            .legend(SeriesLabelPosition::UpperRight)
            .line("training", points(cure.records.iter().map(|record| record.training.loss).collect()))
            .line("validation", points(cure.validation().collect()));
        charts.push(chart);
    }
    check(&cures);
    Picture::new("Overfitting on 500 digits, and its cures", 3, charts).panel(400, 300).save("overfitting")
}
