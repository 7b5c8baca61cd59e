//! The learning rate is raised until the training diverges; then the gradient is clipped (lab 3).
//!
//! ```text
//! cargo run --release -p typednet-course --example rate_too_high
//! ```
//!
//! The first rates are each faster than the one before. Then comes one whose first steps lead so far away that all `ReLU`
//! neurons die and the output stays a constant, and then one that ends in numbers that are not finite.

use typednet::data::{DataError, Dataset};
use typednet::prelude::*;
use typednet::train::TrainError;
use typednet_plot::{Chart, Figure, Marker};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: Section 12 of the lectures.
pub const LESSON: Lesson = Lesson {
    name: "rate_too_high",
    title: "Lab 3: a rate that is too high",
    section: "12. Lab exercises",
    run: lesson,
};

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
pub fn train(rate: f64, limit: Option<f64>) -> Result<Try, Failed> {
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
pub fn raise() -> Result<Vec<Try>, Failed> {
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

/// The place of the rate that learns the most.
fn best(tries: &[Try]) -> usize {
    let ends = tries.iter().enumerate().filter(|(_, found)| found.error.is_none());
    ends.min_by(|a, b| last(&a.1.losses).total_cmp(&last(&b.1.losses))).map_or(0, |(place, _)| place)
}

/// Higher rates learn faster up to one; then they learn less, and the last diverges. The same rate with a limit does not.
pub fn check(tries: &[Try], clipped: &Try) -> Claims {
    let best = best(tries);
    let ends: Vec<f64> = tries.iter().map(|found| last(&found.losses)).collect();
    let rates = |range: &[Try]| range.iter().map(|found| found.rate.to_string()).collect::<Vec<_>>().join(", ");
    let text = |ends: &[f64]| ends.iter().map(|end| format!("{end:.4}")).collect::<Vec<_>>().join(", ");
    let highest = &tries[tries.len() - 1];
    let (first, end) = (clipped.losses.first().copied().unwrap_or(f64::NAN), last(&clipped.losses));
    let why = highest.error.as_ref().map_or("it stayed finite".into(), ToString::to_string);
    Claims::new()
        .hold(
            best >= 2 && ends[..=best].windows(2).all(|pair| pair[1] < pair[0]),
            format!("from η = {} to {} each doubling learns more in {STEPS} steps", tries[0].rate, tries[best].rate),
            format!("the loss ends at {}", text(&ends[..=best])),
        )
        .hold(
            best + 2 < tries.len() && ends[best + 1..tries.len() - 1].iter().all(|end| *end > 10.0 * ends[best]),
            format!("at η = {} it ends more than ten times higher again", rates(&tries[best + 1..tries.len() - 1])),
            format!("the loss ends at {}", text(&ends[best + 1..tries.len() - 1])),
        )
        .hold(
            matches!(highest.error, Some(TrainError::NotFinite(_))),
            format!("η = {} diverges: the numbers are not finite any more", highest.rate),
            why,
        )
        .hold(
            clipped.error.is_none()
                && clipped.losses.len() == STEPS
                && clipped.rate.to_bits() == highest.rate.to_bits()
                && end < 0.3 * first,
            format!("the same rate with the gradient's norm at most {LIMIT} stays finite and learns"),
            format!("the loss goes from {first:.3} to {end:.4}"),
        )
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let tries = raise()?;
    let rate = tries[tries.len() - 1].rate;
    let clipped = train(rate, Some(LIMIT))?;
    notes.claim(check(&tries, &clipped));

    say!(notes, "y = sin 3x by 1 → 32 → 32 → 1, mean squared error, gradient descent, {STEPS} steps");
    let (best, highest) = (best(&tries), tries.len() - 1);
    let steps = |found: &Try| found.losses.iter().enumerate().map(|(i, loss)| (i as f64, *loss)).collect::<Vec<_>>();
    let chart = |title: &str| Chart::new(title, "step", "mean squared error").log_y();
    let (mut faster, mut worse) =
        (chart("each doubling learns more …"), chart("… until one is too high").style(best + 1).y_range(1e-2, 1e4));
    for (place, found) in tries.iter().enumerate() {
        let (rate, first, end) = (found.rate, found.losses[0], last(&found.losses));
        match &found.error {
            Some(error) => say!(notes, "  η = {rate:<6} {error}"),
            None => say!(notes, "  η = {rate:<6} the loss goes from {first:.3} to {end:.4}"),
        }
        let ended = if place == highest { ": diverges" } else { "" };
        let name = format!("η = {rate}{ended}");
        if place <= best {
            faster = faster.line(name, steps(found));
        } else {
            worse = worse.line(name, steps(found));
        }
    }
    let (first, end) = (clipped.losses[0], last(&clipped.losses));
    say!(notes, "  η = {rate:<6} with the gradient's norm at most {LIMIT}: from {first:.3} to {end:.4}");
    let worse = worse.style(0).line(format!("η = {rate}, gradient's norm at most {LIMIT}"), steps(&clipped));
    let ends = tries[..highest].iter().map(|found| (found.rate, last(&found.losses)));
    let over_rates = Chart::new("where each ends", "learning rate η", "mean squared error, last ten steps")
        .log_x()
        .log_y()
        .line("no limit", ends)
        .marked("diverges, no number", Marker::Cross, [(rate, 1.0)])
        .style(2)
        .marked("gradient's norm limited", Marker::Diamond, [(rate, end)]);
    let figure = Figure::new("A rate that is too high, and a limit for the gradient", 3, [faster, worse, over_rates]);
    notes.draw("rate-too-high", &figure.panel(460, 420).note("The rate doubles from line to line. Too high, it ends where it began or in no number at all; with a limit that rate learns too."))
}
