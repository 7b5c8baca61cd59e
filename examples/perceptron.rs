//! The perceptron learns AND and OR, and cannot learn XOR (lecture section 1).
//!
//! ```text
//! cargo run --release --example perceptron
//! ```

use std::error::Error;

use typednet::data::Dataset;
use typednet::loss::SquaredError;
use typednet::optim::GradientDescent;
use typednet::prelude::*;
use typednet::tensor::Model;

mod common;

use common::picture::{Chart, Picture, numbered};

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

/// The number of the first epoch without a mistake, from weights 0; `None` if there is none within `epochs`.
pub fn converges(targets: &[f32; 4], rate: f32, epochs: usize) -> Option<usize> {
    let mut perceptron = Perceptron::zeroed();
    (1..=epochs).find(|_| epoch(&mut perceptron, targets, rate) == 0)
}

/// A perceptron after so many epochs of the rule from weights 0, and its mistakes in each.
pub fn learn(targets: &[f32; 4], rate: f32, epochs: usize) -> (Model<Perceptron>, Vec<usize>) {
    let mut perceptron = Perceptron::zeroed();
    let mistakes = (0..epochs).map(|_| epoch(&mut perceptron, targets, rate)).collect();
    (perceptron, mistakes)
}

/// The outputs of a neuron trained with ½(y − ŷ)² by gradient descent, one sample at a time.
///
/// # Errors
/// If the loss does not stay finite.
pub fn descend(targets: &[f32; 4], rate: f64, epochs: usize) -> Result<[f32; 4], Box<dyn Error>> {
    let data = Dataset::new(INPUTS, targets.map(|y| [y]))?;
    let mut trainer =
        Trainer::new(Neuron::seeded(0), SquaredError::Half, GradientDescent::new(rate)).batch(1).epochs(epochs).quiet();
    trainer.fit(&data)?;
    Ok(INPUTS.map(|x| trainer.predict(&x)[0]))
}

fn main() -> Result<(), Box<dyn Error>> {
    let tables = [("AND", AND), ("OR", OR), ("XOR", XOR)];
    println!("perceptron rule, learning rate 0.1:");
    for (name, targets) in tables {
        match converges(&targets, 0.1, 10_000) {
            Some(epoch) => println!("  {name:<3}  no mistake in epoch {epoch}: learned"),
            None => println!("  {name:<3}  mistakes in each of 10,000 epochs: no line parts its ones from its zeros"),
        }
    }
    let learned = |targets| converges(targets, 0.1, 100).is_some();
    assert!(learned(&AND) && learned(&OR) && !learned(&XOR), "a line parts AND and OR, but not XOR");
    println!("gradient descent on ½(y − ŷ)² with a sigmoid, learning rate 0.5, 2,000 epochs:");
    for (name, targets) in tables {
        let outputs = descend(&targets, 0.5, 2_000)?;
        let learned = outputs.iter().zip(targets).all(|(a, y)| (a - y).abs() < 0.5);
        println!("  {name:<3}  {outputs:.2?}: {}", if learned { "learned" } else { "not learned" });
    }
    let mut charts = Vec::new();
    let mut mistakes = Chart::new("mistakes of the rule", "epoch", "mistakes of 4").y_range(-0.2, 6.5);
    for (name, targets) in tables {
        let (perceptron, counts) = learn(&targets, 0.1, 20);
        let right = INPUTS.iter().zip(targets).filter(|(x, y)| perceptron.predict(x)[0].to_bits() == y.to_bits());
        let title = format!("{name} after 20 epochs: {} of 4 right", right.count());
        let of = |class: f32| {
            let points = INPUTS.iter().zip(targets).filter(move |(_, y)| y.to_bits() == class.to_bits());
            points.map(|([x, y], _)| (f64::from(*x), f64::from(*y))).collect::<Vec<_>>()
        };
        let chart = Chart::new(title, "first input", "second input").x_range(-0.5, 1.5).y_range(-0.5, 1.5);
        charts.push(
            chart
                .heat(120, |x, y| 2.0 * f64::from(perceptron.predict(&[x as f32, y as f32])[0]) - 1.0)
                .points("0", of(0.0))
                .points("1", of(1.0)),
        );
        let points = numbered(counts.iter().map(|count| *count as f64));
        mistakes = mistakes.line(name, points.into_iter().map(|(i, count)| (i + 1.0, count)));
    }
    charts.push(mistakes);
    Picture::new("The perceptron: one straight line", 2, charts).panel(400, 360).save("perceptron")
}
