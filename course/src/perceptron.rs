//! The perceptron learns AND and OR, and cannot learn XOR (lecture section 1).
//!
//! ```text
//! cargo run --release -p typednet-course --example perceptron
//! ```

use typednet::data::Dataset;
use typednet::loss::SquaredError;
use typednet::optim::GradientDescent;
use typednet::prelude::*;
use typednet::tensor::Model;
use typednet_plot::{Chart, Figure, Shades, numbered};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: Section 1 of the lectures.
pub const LESSON: Lesson =
    Lesson { name: "perceptron", title: "A neuron, and what it cannot do", section: "1. The model", run: lesson };

/// Two inputs, one output that is 0 or 1.
pub type Perceptron = Dense<2, 1, Step>;

/// The same neuron with a smooth activation, which gradient descent can train.
pub type Neuron = Dense<2, 1, Sigmoid>;

/// The four pairs of bits.
pub const INPUTS: [[f32; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];

/// 1 where both inputs are.
pub const AND: [f32; 4] = [0.0, 0.0, 0.0, 1.0];

/// 1 where an input is.
pub const OR: [f32; 4] = [0.0, 1.0, 1.0, 1.0];

/// 1 where exactly one input is; no straight line parts its ones from its zeros.
pub const XOR: [f32; 4] = [0.0, 1.0, 1.0, 0.0];

/// One epoch of the perceptron rule w ← w + α(y − ŷ)x, b ← b + α(y − ŷ), sample by sample; gives the number of mistakes.
pub fn epoch(perceptron: &mut Perceptron, targets: &[f32; 4], rate: f32) -> usize {
    let mut mistakes = 0;
    for (x, y) in INPUTS.iter().zip(targets) {
        let [predicted] = perceptron.predict(x);
        let error = y - predicted;
        if error != 0.0 {
            mistakes += 1;
        }
        for (weights, x) in perceptron.weight.iter_mut().zip(x) {
            weights[0] += rate * error * x;
        }
        perceptron.bias[0] += rate * error;
    }
    mistakes
}

/// Where the rule begins: weights 0 and a bias of half a step at a rate of 0.1, so that no corner comes to lie on the line.
fn begin() -> Model<Perceptron> {
    let mut perceptron = Perceptron::zeroed();
    perceptron.bias[0] = 0.05;
    perceptron
}

/// The number of the first epoch without a mistake; `None` if there is none within `epochs`.
pub fn converges(targets: &[f32; 4], rate: f32, epochs: usize) -> Option<usize> {
    let mut perceptron = begin();
    (1..=epochs).find(|_| epoch(&mut perceptron, targets, rate) == 0)
}

/// A perceptron after so many epochs of the rule, and its mistakes in each.
pub fn learn(targets: &[f32; 4], rate: f32, epochs: usize) -> (Model<Perceptron>, Vec<usize>) {
    let mut perceptron = begin();
    let mistakes = (0..epochs).map(|_| epoch(&mut perceptron, targets, rate)).collect();
    (perceptron, mistakes)
}

/// The outputs of a neuron trained with ½(y − ŷ)² by gradient descent, one sample at a time.
///
/// # Errors
/// If the loss does not stay finite.
pub fn descend(targets: &[f32; 4], rate: f64, epochs: usize) -> Result<[f32; 4], Failed> {
    let data = Dataset::new(INPUTS, targets.map(|y| [y]))?;
    let mut trainer =
        Trainer::new(Neuron::seeded(0), SquaredError::Half, GradientDescent::new(rate)).batch(1).epochs(epochs).quiet();
    trainer.fit(&data)?;
    Ok(INPUTS.map(|x| trainer.predict(&x)[0]))
}

/// The names of the tables and their targets.
const TABLES: [(&str, [f32; 4]); 3] = [("AND", AND), ("OR", OR), ("XOR", XOR)];

/// A line parts the ones of AND and of OR from their zeros, but not those of XOR.
///
/// # Errors
/// If a loss does not stay finite.
pub fn check() -> Result<Claims, Failed> {
    let mut claims = Claims::new();
    for (name, targets) in TABLES {
        let (found, right) = (converges(&targets, 0.1, 10_000), parted(&learn(&targets, 0.1, 20).0, &targets));
        let outputs = descend(&targets, 0.5, 2_000)?;
        let descends = outputs.iter().zip(targets).all(|(a, y)| (a - y).abs() < 0.5);
        let when =
            found.map_or("mistakes in each of 10,000 epochs".into(), |epoch| format!("no mistake in epoch {epoch}"));
        let says = if name == "XOR" {
            "no line parts the ones of XOR from its zeros: the rule never ends, and gradient descent with a sigmoid does no better"
                .to_owned()
        } else {
            format!("the perceptron learns {name}, and so does gradient descent with a sigmoid")
        };
        let holds = if name == "XOR" {
            found.is_none() && right < 4 && !descends
        } else {
            right == 4 && descends && found.is_some()
        };
        claims = claims.hold(
            holds,
            says,
            format!("{when}; {right} of 4 are right in epoch 20; descent gives {outputs:.2?}"),
        );
    }
    Ok(claims)
}

/// How many of the four answers are right.
fn parted(perceptron: &Perceptron, targets: &[f32; 4]) -> usize {
    let right = |(x, y): &(&[f32; 2], &f32)| perceptron.predict(x)[0].to_bits() == y.to_bits();
    INPUTS.iter().zip(targets).filter(right).count()
}

/// Two points of the line w·x + b = 0, far outside of the picture.
fn line(perceptron: &Perceptron) -> Vec<(f64, f64)> {
    let [[w1], [w2]] = perceptron.weight.map(|w| w.map(f64::from));
    let b = f64::from(perceptron.bias[0]);
    let length = w1.hypot(w2);
    // The foot of the line, and its direction.
    let (foot, along) = ((-b * w1 / length.powi(2), -b * w2 / length.powi(2)), (-w2 / length, w1 / length));
    [-5.0, 5.0].map(|t| (foot.0 + t * along.0, foot.1 + t * along.1)).to_vec()
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    notes.claim(check()?);
    say!(notes, "perceptron rule, learning rate 0.1:");
    for (name, targets) in TABLES {
        match converges(&targets, 0.1, 10_000) {
            Some(epoch) => {
                say!(notes, "  {name:<3}  no mistake in epoch {epoch}: learned");
            }
            None => {
                say!(notes, "  {name:<3}  mistakes in each of 10,000 epochs: no line parts its ones from its zeros");
            }
        }
    }
    say!(notes, "gradient descent on ½(y − ŷ)² with a sigmoid, learning rate 0.5, 2,000 epochs:");
    for (name, targets) in TABLES {
        let outputs = descend(&targets, 0.5, 2_000)?;
        let learned = outputs.iter().zip(targets).all(|(a, y)| (a - y).abs() < 0.5);
        say!(notes, "  {name:<3}  {outputs:.2?}: {}", if learned { "learned" } else { "not learned" });
    }
    let mut charts = Vec::new();
    let mut mistakes = Chart::new("mistakes of the rule in each epoch", "epoch", "mistakes of 4")
        .whole_x()
        .y_range(-0.2, 4.3)
        .whole_y();
    for (name, targets) in TABLES {
        let (perceptron, counts) = learn(&targets, 0.1, 20);
        let title = format!("{name} after 20 epochs: {} of 4 right", parted(&perceptron, &targets));
        let of = |class: f32| {
            let points = INPUTS.iter().zip(targets).filter(move |(_, y)| y.to_bits() == class.to_bits());
            points.map(|([x, y], _)| (f64::from(*x), f64::from(*y))).collect::<Vec<_>>()
        };
        let chart = Chart::new(title, "first input", "second input")
            .plane(90, ((-0.5, 1.5), (-0.5, 1.5)), Shades::Diverging, |x, y| {
                2.0 * f64::from(perceptron.predict(&[x as f32, y as f32])[0]) - 1.0
            })
            .points("should be 0", of(0.0))
            .points("should be 1", of(1.0))
            .style(5)
            .curve("w·x + b = 0", line(&perceptron));
        charts.push(chart);
        mistakes = mistakes.line(name, numbered(counts.iter().map(|count| *count as f64)));
    }
    charts.push(mistakes);
    let figure = Figure::new("The perceptron: one straight line", 2, charts).panel(460, 380);
    notes.draw("perceptron", &figure.note("Blue is where the neuron says 0, vermilion where it says 1. A line parts AND and OR; at XOR at least one corner is always wrong."))
}
