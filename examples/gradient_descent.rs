//! Gradient descent down the bowl of the least-squares cost (lecture section 6).
//!
//! ```text
//! cargo run --release --example gradient_descent
//! ```
//!
//! Data z ≈ 2x, the line w·x, J(w) = 1/(2m) Σ (zᵢ − w xᵢ)², start w = 0. With η = 0.4 the first step is big and all others
//! are smaller, to w = 2. A smaller rate crawls, a larger one jumps to and fro over the bottom, a still larger one
//! diverges. Then the same with all samples, 4 or 1 in a step.

use std::error::Error;

use typednet::data::{DataError, Dataset};
use typednet::loss::SquaredError;
use typednet::optim::{GradientDescent, Groups};
use typednet::prelude::*;

mod common;

use plotters::prelude::SeriesLabelPosition;

use common::picture::{Chart, Picture, numbered};

network! {
    /// The line z = w·x; its bias stays 0.
    pub struct Line<f64>: 1 => Dense<1, Linear> -> 1
}

/// A data set of pairs (x, z).
pub type Pairs = Dataset<[f64; 1], [f64; 1]>;

/// The rates, and what becomes of them. The mean of x² is 1, so each step leaves the share 1 − η of the way to 2.
pub const RATES: [(f64, &str); 4] =
    [(0.02, "too small: it crawls"), (0.4, "right"), (1.8, "large: to and fro"), (2.1, "too large: it diverges")];

/// 32 pairs z = 2x + e, where Σ e·x = 0, so that the best w is 2, and the mean of x² is 1.
///
/// # Errors
/// If there were no pairs.
pub fn data() -> Result<Pairs, DataError> {
    let key = Key::new(6);
    let x: Vec<f64> = (0..32).map(|i| key.child(0).normal(i)).collect();
    let root = (x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64).sqrt();
    let x: Vec<f64> = x.into_iter().map(|x| x / root).collect();
    let e: Vec<f64> = (0..32).map(|i| 0.5 * key.child(1).normal::<f64>(i)).collect();
    let slope = x.iter().zip(&e).map(|(x, e)| x * e).sum::<f64>() / x.len() as f64;
    let z: Vec<[f64; 1]> = x.iter().zip(&e).map(|(x, e)| [2.0 * x + e - slope * x]).collect();
    Dataset::new(x.into_iter().map(|x| [x]).collect::<Vec<_>>(), z)
}

/// J(w) = 1/(2m) Σ (zᵢ − w xᵢ)²
pub fn cost(data: &Pairs, w: f64) -> f64 {
    data.iter().map(|([x], [z])| (z - w * x).powi(2)).sum::<f64>() / (2.0 * data.len() as f64)
}

/// w before the first step and after each of so many epochs' steps, with `batch` samples in a step.
///
/// # Errors
/// If the loss does not stay finite.
pub fn path(data: &Pairs, rate: f64, batch: usize, epochs: usize) -> Result<Vec<f64>, Box<dyn Error>> {
    let line = Groups::new().freeze("l1.bias")?;
    let mut trainer = Trainer::new(Line::zeroed(), SquaredError::Half, GradientDescent::new(rate)).groups(line).quiet();
    let mut rows: Vec<usize> = (0..data.len()).collect();
    let mut path = vec![0.0];
    for epoch in 0..epochs {
        Key::new(0).child(epoch as u64).shuffle(&mut rows);
        for rows in rows.chunks(batch) {
            let x: Vec<[f64; 1]> = rows.iter().map(|row| data.samples()[*row]).collect();
            let z: Vec<[f64; 1]> = rows.iter().map(|row| data.targets()[*row]).collect();
            trainer.step(&x, &z)?;
            path.push(trainer.model().l1.weight[0][0]);
        }
    }
    Ok(path)
}

/// What the lecture says of the four rates.
///
/// # Panics
/// If it is not so.
pub fn check_rates(paths: &[Vec<f64>; 4]) {
    let [crawls, right, to_and_fro, diverges] = paths;
    let steps: Vec<f64> = right.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!((steps[0] - 0.8).abs() < 1e-9, "η times the slope 2 at w = 0: {}", steps[0]);
    assert!(steps.windows(2).all(|pair| 0.0 < pair[1] && pair[1] < pair[0]), "ever smaller steps: {steps:?}");
    assert!((right[right.len() - 1] - 2.0).abs() < 1e-3, "to w = 2: {right:?}");
    assert!(crawls[crawls.len() - 1] < 1.0, "less than half of the way: {crawls:?}");
    assert!(to_and_fro.windows(2).all(|pair| (pair[0] < 2.0) != (pair[1] < 2.0)), "over the bottom each time");
    assert!((to_and_fro[to_and_fro.len() - 1] - 2.0).abs() < 2.0 * 0.8_f64.powi(15), "but nearer: {to_and_fro:?}");
    assert!(diverges.windows(2).all(|pair| (pair[1] - 2.0).abs() > (pair[0] - 2.0).abs()), "{diverges:?}");
}

/// Samples of a step, with the paths that they gave at the same rate.
pub type Batches = [(usize, Vec<f64>); 3];

/// The paths with all 32 samples, with 4 and with 1 in a step, over 12 epochs at η = 0.1.
///
/// # Errors
/// If the loss does not stay finite.
pub fn batches(data: &Pairs) -> Result<Batches, Box<dyn Error>> {
    let with = |batch| Ok::<_, Box<dyn Error>>((batch, path(data, 0.1, batch, 12)?));
    Ok([with(32)?, with(4)?, with(1)?])
}

/// In how many of its steps the cost over all samples rose.
pub fn rises(data: &Pairs, path: &[f64]) -> usize {
    path.windows(2).filter(|pair| cost(data, pair[1]) > cost(data, pair[0])).count()
}

/// All samples: never uphill, but slow. Fewer samples: sooner near the bottom, and never at rest there.
///
/// # Panics
/// If it is not so.
pub fn check_batches(data: &Pairs, [(_, full), (_, mini), (_, stochastic)]: &Batches) {
    assert_eq!(rises(data, full), 0, "the cost of all samples falls in each step");
    assert!(rises(data, stochastic) > rises(data, mini) && rises(data, mini) > 0, "the fewer, the more often uphill");
    let after_two_epochs = |path: &[f64], batch: usize| (path[2 * 32 / batch] - 2.0).abs();
    assert!(after_two_epochs(mini, 4) < 0.5 * after_two_epochs(full, 32), "sooner with 4 in a step");
    assert!(after_two_epochs(stochastic, 1) < 0.5 * after_two_epochs(full, 32), "sooner with 1 in a step");
    let last_epoch = |path: &[f64], batch: usize| {
        let last = &path[path.len() - 32 / batch..];
        last.iter().fold(0.0_f64, |most, w| most.max((w - 2.0).abs()))
    };
    assert!(last_epoch(stochastic, 1) > last_epoch(mini, 4), "no rest at the bottom");
}

fn main() -> Result<(), Box<dyn Error>> {
    let data = data()?;
    println!("J(w) = 1/(2m) Σ (z − w·x)², m = {}, start w = 0, 15 steps with all samples", data.len());
    let paths = RATES.map(|(rate, _)| path(&data, rate, data.len(), 15));
    let [a, b, c, d] = paths;
    let paths = [a?, b?, c?, d?];
    let mut charts = Vec::new();
    for ((rate, name), path) in RATES.iter().zip(&paths) {
        let first: Vec<String> = path.iter().take(6).map(|w| format!("{w:.3}")).collect();
        println!("  η = {rate:<4} {name:<22}  w: {} … {:.3}", first.join(", "), path[path.len() - 1]);
        let curve = (0..=120).map(|i| -3.0 + f64::from(i) / 12.0).map(|w| (w, cost(&data, w)));
        let steps = path.iter().map(|w| (*w, cost(&data, *w)));
        let chart = Chart::new(format!("η = {rate}, {name}"), "w", "cost J(w)").x_range(-3.0, 7.0).y_range(0.0, 13.0);
        charts.push(
            chart
                .style(6)
                .curve("", curve)
                .style(1)
                .curve("", steps.clone())
                .style(0)
                .points("w after each step", steps),
        );
    }
    check_rates(&paths);

    let batches = batches(&data)?;
    println!("12 epochs at η = 0.1:");
    let (mut way, mut bottom) = (
        Chart::new("fewer samples in a step, η = 0.1", "epoch", "w"),
        Chart::new("the same, how far from the bottom", "epoch", "J(w) − J(2)").log_y().y_range(1e-6, 5.0),
    );
    for (batch, path) in &batches {
        let name = match batch {
            32 => "all 32 samples",
            1 => "1 sample",
            _ => "4 samples",
        };
        let (last, uphill) = (path[path.len() - 1], rises(&data, path));
        println!("  {name:<14}  {:>3} steps, {uphill:>3} of them uphill, w = {last:.3} at the end", path.len() - 1);
        let points = || numbered(path.iter().copied()).into_iter().map(|(i, w)| (i * *batch as f64 / 32.0, w));
        way = way.line(name, points());
        bottom = bottom.line(name, points().map(|(epoch, w)| (epoch, cost(&data, w) - cost(&data, 2.0))));
    }
    check_batches(&data, &batches);
    charts.extend([way.legend(SeriesLabelPosition::LowerRight), bottom.legend(SeriesLabelPosition::LowerLeft)]);
    Picture::new("Gradient descent: data z ≈ 2x, cost J(w) = 1/(2m) Σ (z − w·x)²", 2, charts).save("gradient-descent")
}
