//! XOR, which no single perceptron can learn, by a network with one hidden layer (lecture section 1).
//!
//! ```text
//! cargo run --release -p typednet-course --example xor
//! ```

use typednet::data::{DataError, Dataset};
use typednet::loss::BinaryCrossEntropy;
use typednet::optim::Adam;
use typednet::prelude::*;
use typednet_plot::{Chart, Figure, Shades};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: Section 1 of the lectures.
pub const LESSON: Lesson =
    Lesson { name: "xor", title: "One hidden layer more: XOR", section: "1. The model", run: lesson };

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
pub fn train(seed: u64) -> Result<Model<Xor>, Failed> {
    Ok(watch(seed, [2_000])?.remove(0))
}

/// The same training, looked at after these epochs, which must rise.
///
/// # Errors
/// If the loss does not stay finite.
pub fn watch(seed: u64, epochs: impl IntoIterator<Item = usize>) -> Result<Vec<Model<Xor>>, Failed> {
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

/// The trained network gives 0, 1, 1, 0, and at first it does not.
///
/// # Errors
/// If there were not as many targets as samples.
pub fn check(before: &Xor, after: &Xor) -> Result<Claims, Failed> {
    let (at_first, at_last) = (right(before)?, right(after)?);
    let outputs: Vec<String> = table()?.iter().map(|(x, _)| format!("{:.3}", after.predict(x)[0])).collect();
    Ok(Claims::new().hold(
        at_last == 4 && at_first < 4,
        "a 2-8-1 network gives 0, 1, 1, 0 after 2,000 epochs of Adam",
        format!("{at_first} of 4 right before the training; in the end {}", outputs.join(", ")),
    ))
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let models = watch(SEED, EPOCHS)?;
    let last = &models[EPOCHS.len() - 1];
    notes.claim(check(&models[0], last)?);
    for (x, _) in &table()? {
        let [a] = last.predict(x);
        say!(notes, "{} xor {}: {a:.4}, rounded {:.0}", x[0], x[1], a.round());
    }
    let mut charts = Vec::new();
    for (epoch, model) in EPOCHS.iter().zip(&models) {
        let of = |class: f32| -> Result<Vec<(f64, f64)>, DataError> {
            let data = table()?;
            let points = data.iter().filter(|(_, [y])| y.to_bits() == class.to_bits());
            Ok(points.map(|([x, y], _)| (f64::from(*x), f64::from(*y))).collect())
        };
        let title = format!("epoch {epoch}: {} of 4 right", right(model)?);
        let chart = Chart::new(title, "first input", "second input")
            .plane(60, ((-0.5, 1.5), (-0.5, 1.5)), Shades::Diverging, |x, y| {
                2.0 * f64::from(model.predict(&[x as f32, y as f32])[0]) - 1.0
            })
            .colours("output", Shades::Diverging, "0", "1")
            .points("should be 0", of(0.0)?)
            .points("should be 1", of(1.0)?);
        charts.push(chart);
    }
    let figure = Figure::new("XOR by 2 → 8 → 1: the output over the plane", 3, charts).panel(370, 330);
    notes.draw("xor", &figure.note("Eight ReLU neurons bend the border until it parts the ones from the zeros."))
}
