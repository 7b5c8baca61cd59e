//! XOR, which no single perceptron can learn, by a network with one hidden layer (lecture section 1).
//!
//! ```text
//! cargo run --release --example xor
//! ```

use std::error::Error;

use typednet::data::{DataError, Dataset};
use typednet::loss::BinaryCrossEntropy;
use typednet::optim::Adam;
use typednet::prelude::*;

mod common;

use common::picture::{Chart, Picture};

network! {
    /// Two bits in, the probability that exactly one of them is set out.
    pub struct Xor: 2 => hidden: Dense<8, Relu> => Dense<1, Sigmoid> -> 1
}

/// What the first weights follow from. With about one seed in ten the network stays at two or three right answers, because
/// too many of its 8 neurons are 0 for all four inputs and a `ReLU` passes no gradient there; 0 is such a seed.
pub const SEED: u64 = 1;

/// When the picture looks at the training.
pub const EPOCHS: [usize; 6] = [0, 10, 30, 60, 150, 2_000];

/// All of XOR.
///
/// # Errors
/// If there were not as many targets as samples.
pub fn table() -> Result<Dataset<[f32; 2], [f32; 1]>, DataError> {
    Dataset::new([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[0.0], [1.0], [1.0], [0.0]])
}

/// The network after 2,000 epochs of one step over all four samples.
///
/// # Errors
/// If the loss does not stay finite.
pub fn train(seed: u64) -> Result<Model<Xor>, Box<dyn Error>> {
    Ok(watch(seed, [2_000])?.remove(0))
}

/// The same training, looked at after these epochs, which must rise.
///
/// # Errors
/// If the loss does not stay finite.
pub fn watch(seed: u64, epochs: impl IntoIterator<Item = usize>) -> Result<Vec<Model<Xor>>, Box<dyn Error>> {
    let data = table()?;
    let mut trainer = Trainer::new(Xor::seeded(seed), BinaryCrossEntropy, Adam::new(0.05)).batch(4).seed(seed).quiet();
    let mut models = Vec::new();
    for until in epochs {
        while trainer.history().records().len() < until {
            trainer.epoch(&data)?;
        }
        let mut model = Xor::zeroed();
        model.copy_from(trainer.model());
        models.push(model);
    }
    Ok(models)
}

/// How many of the four answers are right once they are rounded.
///
/// # Errors
/// If there were not as many targets as samples.
pub fn right(model: &Xor) -> Result<usize, DataError> {
    let answer = |x: &[f32; 2]| model.predict(x)[0].round();
    Ok(table()?.iter().filter(|(x, [y])| answer(x).to_bits() == y.to_bits()).count())
}

fn main() -> Result<(), Box<dyn Error>> {
    let models = watch(SEED, EPOCHS)?;
    let last = &models[EPOCHS.len() - 1];
    for (x, _) in &table()? {
        let [a] = last.predict(x);
        println!("{} xor {}: {a:.4}, rounded {:.0}", x[0], x[1], a.round());
    }
    assert_eq!(right(last)?, 4, "the network did not learn XOR");
    let mut charts = Vec::new();
    for (epoch, model) in EPOCHS.iter().zip(&models) {
        let of = |class: f32| -> Result<Vec<(f64, f64)>, DataError> {
            let data = table()?;
            let points = data.iter().filter(|(_, [y])| y.to_bits() == class.to_bits());
            Ok(points.map(|([x, y], _)| (f64::from(*x), f64::from(*y))).collect())
        };
        let title = format!("epoch {epoch}: {} of 4 right", right(model)?);
        let chart = Chart::new(title, "first input", "second input").x_range(-0.5, 1.5).y_range(-0.5, 1.5);
        charts.push(
            chart
                .heat(60, |x, y| 2.0 * f64::from(model.predict(&[x as f32, y as f32])[0]) - 1.0)
                .points("0", of(0.0)?)
                .points("1", of(1.0)?),
        );
    }
    Picture::new("XOR by 2 → 8 → 1: the output over the plane, blue 0, vermilion 1", 3, charts)
        .panel(360, 340)
        .save("xor")
}
