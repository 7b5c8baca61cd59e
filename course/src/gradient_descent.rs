//! Gradient descent down the bowl of the least-squares cost (lecture section 6).
//!
//! ```text
//! cargo run --release -p typednet-course --example gradient_descent
//! ```
//!
//! Data z ≈ 2x, the line w·x, J(w) = 1/(2m) Σ (zᵢ − w xᵢ)², start w = 0. With η = 0.4 the first step is big and all others
//! are smaller, to w = 2. A smaller rate crawls, a larger one jumps to and fro over the bottom, a still larger one
//! diverges. Then the same with all samples, 4 or 1 in a step.

use typednet::data::{DataError, Dataset};
use typednet::loss::SquaredError;
use typednet::optim::{GradientDescent, Groups};
use typednet::prelude::*;
use typednet_plot::{Chart, Figure, Marker};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: Section 6 of the lectures.
pub const LESSON: Lesson =
    Lesson { name: "gradient_descent", title: "Gradient descent down the bowl", section: "6. Optimisers", run: lesson };

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
pub fn path(data: &Pairs, rate: f64, batch: usize, epochs: usize) -> Result<Vec<f64>, Failed> {
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
pub fn check_rates(paths: &[Vec<f64>; 4]) -> Claims {
    let [crawls, right, to_and_fro, diverges] = paths;
    let end = |path: &[f64]| path[path.len() - 1];
    let steps: Vec<f64> = right.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let further = |pair: &[f64]| (pair[1] - 2.0).abs() > (pair[0] - 2.0).abs();
    Claims::new()
        .hold(
            (steps[0] - 0.8).abs() < 1e-9
                && steps.windows(2).all(|pair| 0.0 < pair[1] && pair[1] < pair[0])
                && (end(right) - 2.0).abs() < 1e-3,
            "η = 0.4: a big first step, then ever smaller ones, to w = 2",
            format!("steps {:.3}, {:.3}, {:.3} …, w = {:.4}", steps[0], steps[1], steps[2], end(right)),
        )
        .hold(end(crawls) < 1.0, "η = 0.02 crawls: less than half of the way", format!("w = {:.3}", end(crawls)))
        .hold(
            to_and_fro.windows(2).all(|pair| (pair[0] < 2.0) != (pair[1] < 2.0))
                && (end(to_and_fro) - 2.0).abs() < 2.0 * 0.8_f64.powi(15),
            "η = 1.8 jumps over the bottom in each step, but comes nearer",
            format!("w = {:.3}", end(to_and_fro)),
        )
        .hold(
            diverges.windows(2).all(further),
            "η = 2.1 diverges: each step ends farther away than it began",
            format!("w = {:.1}", end(diverges)),
        )
}

/// Samples of a step, with the paths that they gave at the same rate.
pub type Batches = [(usize, Vec<f64>); 3];

/// The paths with all 32 samples, with 4 and with 1 in a step, over 12 epochs at η = 0.1.
///
/// # Errors
/// If the loss does not stay finite.
pub fn batches(data: &Pairs) -> Result<Batches, Failed> {
    let with = |batch| Ok::<_, Failed>((batch, path(data, 0.1, batch, 12)?));
    Ok([with(32)?, with(4)?, with(1)?])
}

/// In how many of its steps the cost over all samples rose.
pub fn rises(data: &Pairs, path: &[f64]) -> usize {
    path.windows(2).filter(|pair| cost(data, pair[1]) > cost(data, pair[0])).count()
}

/// All samples: never uphill, but slow. Fewer samples: sooner near the bottom, and never at rest there.
pub fn check_batches(data: &Pairs, [(_, full), (_, mini), (_, stochastic)]: &Batches) -> Claims {
    let uphill = [full, mini, stochastic].map(|path| rises(data, path));
    let after_two_epochs = |path: &[f64], batch: usize| (path[2 * 32 / batch] - 2.0).abs();
    let early = [after_two_epochs(full, 32), after_two_epochs(mini, 4), after_two_epochs(stochastic, 1)];
    let last_epoch = |path: &[f64], batch: usize| {
        let last = &path[path.len() - 32 / batch..];
        last.iter().fold(0.0_f64, |most, w| most.max((w - 2.0).abs()))
    };
    let late = [last_epoch(mini, 4), last_epoch(stochastic, 1)];
    Claims::new()
        .hold(
            uphill[0] == 0 && uphill[1] > 0 && uphill[2] > uphill[1],
            "the fewer samples in a step, the more often it goes uphill; with all of them never",
            format!("{} steps with all, {} with 4, {} with 1", uphill[0], uphill[1], uphill[2]),
        )
        .hold(
            early[1] < 0.5 * early[0] && early[2] < 0.5 * early[0],
            "with fewer samples it is sooner near the bottom",
            format!("|w − 2| after two epochs: {:.2}, {:.2} and {:.2}", early[0], early[1], early[2]),
        )
        .hold(
            late[1] > late[0],
            "and with one never at rest there",
            format!("up to {:.3} away in the last epoch, with 4 samples {:.3}", late[1], late[0]),
        )
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let data = data()?;
    say!(notes, "J(w) = 1/(2m) Σ (z − w·x)², m = {}, start w = 0, 15 steps with all samples", data.len());
    let paths = RATES.map(|(rate, _)| path(&data, rate, data.len(), 15));
    let [a, b, c, d] = paths;
    let paths = [a?, b?, c?, d?];
    let mut charts = Vec::new();
    for ((rate, name), path) in RATES.iter().zip(&paths) {
        let (first, last) = (&path[..6], path[path.len() - 1]);
        let first: Vec<String> = first.iter().map(|w| format!("{w:.3}")).collect();
        say!(notes, "  η = {rate:<4} {name:<22}  w: {} … {last:.3}", first.join(", "));
        let curve = (0..=160).map(|i| -3.0 + f64::from(i) / 16.0).map(|w| (w, cost(&data, w)));
        let steps: Vec<(f64, f64)> = path.iter().map(|w| (*w, cost(&data, *w))).collect();
        let chart = Chart::new(format!("η = {rate}, {name}"), "w", "cost J(w)").x_range(-3.0, 7.0).y_range(0.0, 13.0);
        charts.push(
            chart
                .style(7)
                .curve("cost J(w)", curve)
                .style(1)
                .curve("from step to step", steps.clone())
                .style(0)
                .points("w after a step", steps.clone())
                .style(5)
                .marked("start", Marker::Halo, steps.first().copied()),
        );
    }
    notes.claim(check_rates(&paths));
    let rates =
        Figure::new("Gradient descent: data z ≈ 2x, cost J(w) = 1/(2m) Σ (z − w·x)²", 2, charts).panel(480, 330);
    let note = "15 steps from w = 0 at four rates. The bottom is at w = 2; each step is η times the slope.";
    notes.draw("gradient-descent", &rates.note(note))?;

    let batches = batches(&data)?;
    say!(notes, "12 epochs at η = 0.1:");
    let (mut way, mut bottom) = (
        Chart::new("where it is", "epoch", "w"),
        Chart::new("how far from the bottom", "epoch", "J(w) − J(2)").log_y().y_range(1e-6, 5.0),
    );
    for (batch, path) in &batches {
        let name = match batch {
            32 => "all 32 samples in a step",
            1 => "1 sample",
            _ => "4 samples",
        };
        let (last, uphill) = (path[path.len() - 1], rises(&data, path));
        say!(notes, "  {name:<24}  {:>3} steps, {uphill:>3} of them uphill, w = {last:.3} at the end", path.len() - 1);
        let points = || path.iter().enumerate().map(|(i, w)| ((i * *batch) as f64 / 32.0, *w));
        way = way.line(name, points());
        bottom = bottom.line(name, points().map(|(epoch, w)| (epoch, cost(&data, w) - cost(&data, 2.0))));
    }
    notes.claim(check_batches(&data, &batches));
    let figure = Figure::new("Fewer samples in a step, η = 0.1", 2, [way.level("", 2.0), bottom]).panel(480, 360);
    let note =
        "Fewer samples are sooner near w = 2, the dotted line, and jump about there; all of them go on getting nearer.";
    notes.draw("batches", &figure.note(note))
}
