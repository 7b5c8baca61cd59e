//! A network that learns 500 digits by heart, and each cure beside it (lecture section 7).
//!
//! ```text
//! cargo run --release -p typednet-course --example overfitting
//! ```

use typednet::data::{Augment, Augmented, Source, mnist};
use typednet::optim::Penalty;
use typednet::prelude::*;
use typednet::train::{EarlyStopping, Record};
use typednet_plot::{Chart, Figure, numbered};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: Section 7 of the lectures.
pub const LESSON: Lesson = Lesson {
    name: "overfitting",
    title: "Overfitting and its cures",
    section: "7. Against overfitting, and for depth",
    run: lesson,
};

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
pub fn parts() -> Result<Parts, Failed> {
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
    /// The weights of the first dense layer.
    pub weights: Vec<f32>,
}

impl Cure {
    /// The validation losses.
    fn validation(&self) -> impl Iterator<Item = f64> {
        self.records.iter().filter_map(|record| record.validation).map(|validation| validation.loss)
    }
}

/// What the penalties act on.
pub trait FirstWeights {
    /// The weights of the first dense layer.
    fn first(&self) -> &[f32];
}

impl FirstWeights for Mnist {
    fn first(&self) -> &[f32] {
        self.l1.weight.as_flattened()
    }
}

impl FirstWeights for Dropped {
    fn first(&self) -> &[f32] {
        self.l2.weight.as_flattened()
    }
}

/// The share of the weights that are 0, or as good as.
fn zeros(weights: &[f32]) -> f64 {
    weights.iter().filter(|w| w.abs() < 1e-3).count() as f64 / weights.len() as f64
}

/// √(mean w²)
fn size(weights: &[f32]) -> f64 {
    (weights.iter().map(|w| f64::from(*w).powi(2)).sum::<f64>() / weights.len() as f64).sqrt()
}

/// Trains to the end and measures.
fn finish<M, S>(
    name: &'static str,
    trainer: Trainer<M, CrossEntropy, Adam>,
    train: &S,
    parts: &Parts,
) -> Result<Cure, Failed>
where
    M: Layer<In = [f32; 784], Out = [f32; 10], Elem = f32> + FirstWeights,
    S: Source<[f32; 784], Class<10>>,
{
    let mut trainer = trainer.batch(32).epochs(EPOCHS).quiet();
    let records = trainer.fit_validated(train, &parts.validation)?.records().to_vec();
    let test = trainer.evaluate(&parts.test)?;
    let weights = trainer.model().first().to_vec();
    Ok(Cure { name, records, test_loss: test.loss, accuracy: test.accuracy.unwrap_or(0.0), weights })
}

/// Nothing done, and each cure.
///
/// # Errors
/// If a loss does not stay finite.
pub fn cures(parts: &Parts) -> Result<[Cure; 6], Failed> {
    let plain = || Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(1e-3));
    let dropped = Trainer::new(Dropped::seeded(0), CrossEntropy, Adam::new(1e-3));
    let train = &parts.train;
    let augment = Augment::<28, 28, 1>::new().shift(0.08).rotate(12.0).scale(0.9, 1.1).shear(8.0);
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
pub fn check(cures: &[Cure; 6]) -> Claims {
    let [nothing, l1, l2, _, early, augmented] = cures;
    let learned = nothing.records.last().map_or(f64::NAN, |record| record.training.loss);
    let lowest = nothing.validation().fold(f64::INFINITY, f64::min);
    let end = nothing.validation().last().unwrap_or(f64::NAN);
    let percent = |cure: &Cure| format!("{:.1} %", 100.0 * cure.accuracy);
    let claims = Claims::new()
        .hold(
            learned < 0.01 && end > 1.1 * lowest,
            "with nothing done the digits are learned by heart, and new ones are read worse than before",
            format!("training loss {learned:.4}; validation loss {lowest:.3}, then {end:.3}"),
        )
        .hold(
            zeros(&l1.weights) > 0.5 && zeros(&nothing.weights) < 0.05,
            "L1 sets more than half of the first layer's weights to 0 (below 0.001)",
            format!(
                "{:.0} %, and {:.0} % with nothing done",
                100.0 * zeros(&l1.weights),
                100.0 * zeros(&nothing.weights)
            ),
        )
        .hold(
            size(&l2.weights) < 0.75 * size(&nothing.weights),
            "L2 makes them all smaller",
            format!("√(mean w²) is {:.4}, and {:.4} with nothing done", size(&l2.weights), size(&nothing.weights)),
        )
        .hold(
            early.records.len() < EPOCHS,
            "early stopping ends early",
            format!("after {} epochs", early.records.len()),
        )
        .hold(
            augmented.accuracy > nothing.accuracy + 0.02,
            "augmentation reads more of the new digits",
            format!("{}, and {} with nothing done", percent(augmented), percent(nothing)),
        );
    cures[1..].iter().fold(claims, |claims, cure| {
        let says = format!("{}: a lower loss of new digits than with nothing done", cure.name);
        claims.hold(
            cure.test_loss < nothing.test_loss,
            says,
            format!("{:.3} and {:.3}", cure.test_loss, nothing.test_loss),
        )
    })
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let parts = parts()?;
    let cures = cures(&parts)?;
    notes.claim(check(&cures));
    let (train, new) = (parts.train.len(), parts.test.len());
    say!(notes, "784-128-64-10 on {train} digits; loss and accuracy on {new} new ones");
    let mut charts = Vec::new();
    for cure in &cures {
        let (epochs, loss, right) = (cure.records.len(), cure.test_loss, 100.0 * cure.accuracy);
        let training = cure.records[epochs - 1].training.loss;
        let name = cure.name;
        say!(
            notes,
            "  {name:<15} {epochs:>2} epochs, training loss {training:.3}, test loss {loss:.3}, {right:.1} % right"
        );
        let chart =
            Chart::new(format!("{name}: test loss {loss:.2}, {right:.1} % right"), "epoch", "loss (cross-entropy)")
                .x_range(0.0, EPOCHS as f64 + 1.0)
                .y_range(0.0, 1.2)
                .line("training", numbered(cure.records.iter().map(|record| record.training.loss)))
                .line("validation", numbered(cure.validation()))
                .style(7)
                .curve("validation with nothing done", numbered(cures[0].validation()));
        charts.push(chart);
    }
    let figure = Figure::new("Overfitting on 500 digits, and its cures", 3, charts).panel(410, 310);
    notes.draw("overfitting", &figure.note("Learned by heart: the training loss goes to 0 while that of new digits rises. Each cure ends below the grey line."))?;

    let histograms = cures[..3].iter().map(|cure| {
        let (zeros, size) = (100.0 * zeros(&cure.weights), size(&cure.weights));
        let title = format!("{}: {zeros:.0} % below 0.001", cure.name);
        Chart::new(
            title,
            format!("weight w of the first layer, √(mean w²) = {size:.3}"),
            "share of the weights (cut at 0.15)",
        )
        .x_range(-0.15, 0.15)
        .y_range(0.0, 0.15)
        .histogram("", &cure.weights, 61, (-0.15, 0.15))
    });
    let figure = Figure::new("What the penalties do to the weights", 3, histograms).panel(410, 300);
    notes.draw(
        "penalties",
        &figure
            .note("L1 takes the same from each weight until it is 0; L2 takes a share of each, so that all are small."),
    )
}
