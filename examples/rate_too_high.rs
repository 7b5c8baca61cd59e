//! The learning rate is raised until the training diverges; then the gradient is clipped (lab 3).
//!
//! ```text
//! cargo run --release --example rate_too_high
//! ```
//!
//! The first rates are each faster than the one before. Then comes one whose first steps lead so far away that all `ReLU`
//! neurons die and the output stays a constant, and then one that ends in numbers that are not finite.

use std::error::Error;

use plotters::prelude::SeriesLabelPosition;
use typednet::data::{DataError, Dataset};
use typednet::prelude::*;
use typednet::train::TrainError;

mod common;

use common::picture::{Chart, Picture, numbered};

network! {
    /// A curve.
    pub struct Curve: 1 => Dense<32, Relu> => Dense<32, Relu> => Dense<1> -> 1
}

/// Steps of each training.
pub const STEPS: usize = 300;

/// The first rate; each next one is twice as high.
pub const FIRST_RATE: f64 = 0.025;

/// The limit for the gradient's norm.
pub const LIMIT: f64 = 0.2;

/// 64 points of y = sin 3x.
///
/// # Errors
/// If there were no points.
pub fn data() -> Result<Dataset<[f32; 1], [f32; 1]>, DataError> {
    let x: Vec<[f32; 1]> = (0..64).map(|i| [i as f32 / 31.5 - 1.0]).collect();
    let y: Vec<[f32; 1]> = x.iter().map(|[x]| [(3.0 * x).sin()]).collect();
    Dataset::new(x, y)
}

/// A training at one rate.
pub struct Try {
    /// The learning rate.
    pub rate: f64,
    /// The loss before each step.
    pub losses: Vec<f64>,
    /// Why it could not go on.
    pub error: Option<TrainError>,
}

/// Gradient descent with all points in each step.
///
/// # Errors
/// If there are no points.
pub fn train(rate: f64, limit: Option<f64>) -> Result<Try, Box<dyn Error>> {
    let data = data()?;
    let mut trainer = Trainer::new(Curve::seeded(3), SquaredError::Mean, GradientDescent::new(rate)).quiet();
    if let Some(limit) = limit {
        trainer = trainer.clip_norm(limit);
    }
    let (mut losses, mut error) = (Vec::new(), None);
    for _ in 0..STEPS {
        match trainer.step(data.samples(), data.targets()) {
            Ok(loss) => losses.push(loss),
            Err(found) => {
                error = Some(found);
                break;
            }
        }
    }
    Ok(Try { rate, losses, error })
}

/// Doubles the rate until a training diverges; the last of the list is that one.
///
/// # Errors
/// If none diverges up to a rate of 100.
pub fn raise() -> Result<Vec<Try>, Box<dyn Error>> {
    let mut tries = Vec::new();
    let mut rate = FIRST_RATE;
    while rate < 100.0 {
        let found = train(rate, None)?;
        let diverged = found.error.is_some();
        tries.push(found);
        if diverged {
            return Ok(tries);
        }
        rate *= 2.0;
    }
    Err("no training diverged".into())
}

/// The mean loss of the last ten steps.
pub fn last(losses: &[f64]) -> f64 {
    let end = &losses[losses.len().saturating_sub(10)..];
    end.iter().sum::<f64>() / end.len() as f64
}

/// Higher rates learn faster, until one diverges; the same rate with a limit does not, and learns.
///
/// # Panics
/// If it is not so.
pub fn check(tries: &[Try], clipped: &Try) {
    assert!(tries.len() > 3, "some rates are right");
    assert!(last(&tries[1].losses) < last(&tries[0].losses), "twice the rate is faster at first");
    let diverged = &tries[tries.len() - 1];
    assert!(matches!(diverged.error, Some(TrainError::NotFinite(_))));
    assert!(clipped.error.is_none() && clipped.losses.len() == STEPS, "with a limit it stays finite");
    assert!(clipped.rate.to_bits() == diverged.rate.to_bits());
    assert!(last(&clipped.losses) < 0.3 * clipped.losses[0], "and learns: {}", last(&clipped.losses));
}

fn main() -> Result<(), Box<dyn Error>> {
    let tries = raise()?;
    let rate = tries[tries.len() - 1].rate;
    let clipped = train(rate, Some(LIMIT))?;
    check(&tries, &clipped);

    println!("y = sin 3x by 1 → 32 → 32 → 1, mean squared error, gradient descent, {STEPS} steps");
    let mut raised = Chart::new("higher and higher rates", "step", "mean squared error").log_y().y_range(1e-3, 1e4);
    for found in &tries {
        match &found.error {
            Some(error) => println!("  η = {:<6} {error}", found.rate),
            None => println!(
                "  η = {:<6} the loss goes from {:.3} to {:.4}",
                found.rate,
                found.losses[0],
                last(&found.losses)
            ),
        }
        raised = raised.line(format!("η = {}", found.rate), numbered(found.losses.iter().copied()));
    }
    println!(
        "  η = {rate:<6} with the gradient's norm at most {LIMIT}: from {:.3} to {:.4}",
        clipped.losses[0],
        last(&clipped.losses)
    );
    let without = &tries[tries.len() - 1].losses;
    let cured = Chart::new(format!("η = {rate}, then the gradient clipped"), "step", "mean squared error")
        .log_y()
        .y_range(1e-3, 1e4)
        .style(tries.len() - 1)
        .line("no limit", numbered(without.iter().copied()))
        .style(0)
        .line(format!("gradient's norm at most {LIMIT}"), numbered(clipped.losses.iter().copied()));
    let charts = [raised, cured].map(|chart| chart.legend(SeriesLabelPosition::UpperRight));
    Picture::new("A rate that is too high, and a limit for the gradient", 2, charts)
        .panel(470, 420)
        .save("rate-too-high")
}
