//! Learning rates that change over time, and what they do to gradient descent with one sample in a step (lecture section
//! 6).
//!
//! ```text
//! cargo run --release -p typednet-course --example schedules
//! ```

use typednet::data::{DataError, Dataset};
use typednet::optim::Groups;
use typednet::optim::schedule::{
    Constant, Cosine, Exponential, LinearWarmUp, OneCycle, Polynomial, Schedule, StepDecay, WarmRestarts,
};
use typednet::prelude::*;
use typednet_plot::{Chart, Figure, numbered};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: Section 6 of the lectures.
pub const LESSON: Lesson =
    Lesson { name: "schedules", title: "Rates that change", section: "6. Optimisers", run: lesson };

network! {
    /// The line z = w·x; its bias stays 0.
    pub struct Line<f64>: 1 => Dense<1, Linear> -> 1
}

/// How long each is followed.
pub const EPOCHS: u64 = 100;

/// 64 pairs z = 2x + noise.
///
/// # Errors
/// If there were no pairs.
pub fn data() -> Result<Dataset<[f64; 1], [f64; 1]>, DataError> {
    let key = Key::new(66);
    let x: Vec<[f64; 1]> = (0..64).map(|i| [key.child(0).normal(i)]).collect();
    let z: Vec<[f64; 1]> = (0..).zip(&x).map(|(i, [x])| [2.0 * x + 0.5 * key.child(1).normal::<f64>(i)]).collect();
    Dataset::new(x, z)
}

/// The w of the least squares, Σ x·z / Σ x².
pub fn best(data: &Dataset<[f64; 1], [f64; 1]>) -> f64 {
    let sum = |f: fn(f64, f64) -> f64| data.iter().map(|([x], [z])| f(*x, *z)).sum::<f64>();
    sum(|x, z| x * z) / sum(|x, _| x * x)
}

/// A descent under one schedule.
pub struct Descent {
    /// The schedule.
    pub name: &'static str,
    /// How far w is from its best value after each epoch.
    pub distances: Vec<f64>,
}

impl Descent {
    /// The mean distance of the last ten epochs.
    pub fn end(&self) -> f64 {
        self.distances[self.distances.len() - 10..].iter().sum::<f64>() / 10.0
    }
}

/// Gradient descent from w = 0 with one sample in a step, at 0.1 times the schedule's factor of the epoch.
///
/// # Errors
/// If the loss does not stay finite.
pub fn descend(name: &'static str, schedule: impl Schedule + 'static) -> Result<Descent, Failed> {
    let data = data()?;
    let mut trainer = Trainer::new(Line::zeroed(), SquaredError::Half, GradientDescent::new(0.1))
        .groups(Groups::new().freeze("l1.bias")?)
        .schedule_by_epoch(schedule)
        .batch(1)
        .quiet();
    let mut distances = Vec::new();
    for _ in 0..EPOCHS {
        trainer.epoch(&data)?;
        distances.push((trainer.model().l1.weight[0][0] - best(&data)).abs());
    }
    Ok(Descent { name, distances })
}

/// A constant rate and the three of the lecture.
///
/// # Errors
/// As [`descend`].
pub fn descents() -> Result<[Descent; 4], Failed> {
    Ok([
        descend("constant", Constant::default())?,
        descend("step decay", StepDecay::new(20).gamma(0.3))?,
        descend("exponential", Exponential::new(0.94))?,
        descend("cosine", Cosine::new(EPOCHS))?,
    ])
}

/// A constant rate never rests; the others end ten times nearer to the bottom.
pub fn check([constant, decaying @ ..]: &[Descent; 4]) -> Claims {
    let end = constant.end();
    let claims =
        Claims::new().hold(end > 1e-3, "at a constant rate it does not come to rest", format!("{end:.1e} away"));
    decaying.iter().fold(claims, |claims, descent| {
        let says = format!("with {} it ends at least ten times nearer to the bottom", descent.name);
        claims.hold(10.0 * descent.end() < end, says, format!("{:.1e} away", descent.end()))
    })
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let factors = |schedule: &dyn Fn(u64) -> f64| (0..=EPOCHS).map(|t| (t as f64, schedule(t))).collect::<Vec<_>>();
    let chart = |title: &str| Chart::new(title, "epoch", "factor of the rate").from_zero();
    let of_the_lecture = chart("of the lecture")
        .line("constant", factors(&|t| Constant::default().factor(t)))
        .line("step decay", factors(&|t| StepDecay::new(20).gamma(0.3).factor(t)))
        .line("exponential", factors(&|t| Exponential::new(0.94).factor(t)))
        .line("cosine", factors(&|t| Cosine::new(EPOCHS).factor(t)));
    let warmed = LinearWarmUp::new(0.1, 10).then(10, Cosine::new(EPOCHS - 10));
    let others = chart("others in use")
        .line("warm-up, then cosine", factors(&|t| warmed.factor(t)))
        .line("one cycle", factors(&|t| OneCycle::new(EPOCHS + 1).factor(t)))
        .line("warm restarts", factors(&|t| WarmRestarts::new(34).factor(t)))
        .line("polynomial", factors(&|t| Polynomial::new(EPOCHS).factor(t)));

    let descents = descents()?;
    notes.claim(check(&descents));
    say!(
        notes,
        "z ≈ 2x, one sample in a step, η = 0.1 times the factor: mean |w − best w| of the last ten of {EPOCHS} epochs"
    );
    let mut rest = Chart::new("one sample in a step, with those of the lecture", "epoch", "|w − best w|").log_y();
    for descent in &descents {
        say!(notes, "  {:<12} {:.1e}", descent.name, descent.end());
        rest = rest.curve(descent.name, numbered(descent.distances.iter().copied()));
    }
    let figure = Figure::new("Learning rates over time", 3, [of_the_lecture, others, rest]);
    notes.draw("schedules", &figure.panel(460, 380).note("At a constant rate the descent never comes to rest; where the rate falls, so does the distance from the bottom."))
}
