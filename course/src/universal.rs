//! Universal approximation: one hidden layer, the wider the closer to a curve (lecture section 1).
//!
//! ```text
//! cargo run --release -p typednet-course --example universal
//! ```

use std::f32::consts::PI;

use typednet::data::{DataError, Dataset};
use typednet::optim::schedule::Cosine;
use typednet::prelude::*;
use typednet_plot::{Chart, Figure};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: Section 1 of the lectures.
pub const LESSON: Lesson =
    Lesson { name: "universal", title: "Universal approximation", section: "1. The model", run: lesson };

network! {
    /// One hidden layer of `WIDTH` neurons.
    pub struct OneLayer<const WIDTH: usize>: 1 => Dense<WIDTH, Tanh> => Dense<1> -> 1
}

/// Steps of each training.
const STEPS: usize = 6_000;

/// The curve, a continuous function from −1 to 1.
pub fn curve(x: f32) -> f32 {
    (2.0 * PI * x).sin() + 0.5 * (5.0 * PI * x).cos() * (1.0 - x)
}

/// 200 points of it.
///
/// # Errors
/// If there were no points.
pub fn data() -> Result<Dataset<[f32; 1], [f32; 1]>, DataError> {
    let x: Vec<[f32; 1]> = (0..200).map(|i| [i as f32 / 99.5 - 1.0]).collect();
    let y: Vec<[f32; 1]> = x.iter().map(|[x]| [curve(*x)]).collect();
    Dataset::new(x, y)
}

/// What a network of one width makes of the curve.
pub struct Fit {
    /// The number of hidden neurons.
    pub width: usize,
    /// The number of parameters.
    pub parameters: usize,
    /// The largest distance from the curve over 1,000 places, most of which it was not trained on.
    pub farthest: f64,
    /// Points of what it has learned.
    pub points: Vec<(f64, f64)>,
}

/// Trains a network of this width with Adam and cosine annealing.
///
/// # Errors
/// If the loss does not stay finite.
pub fn fit<const WIDTH: usize>() -> Result<Fit, Failed> {
    let data = data()?;
    let mut model = OneLayer::<WIDTH>::zeroed();
    // The bends of tanh are to lie all along the curve, not only at 0.
    model.initialise_with(Init::Normal(5.0), 1);
    Init::Normal(5.0).fill(&mut model.l1.bias, 1, WIDTH, Key::new(2));
    model.l2.initialise(3);
    let mut trainer =
        Trainer::new(model, SquaredError::Mean, Adam::new(0.02)).schedule(Cosine::new(STEPS as u64)).quiet();
    for _ in 0..STEPS {
        trainer.step(data.samples(), data.targets())?;
    }
    let places: Vec<f32> = (0..1000).map(|i| i as f32 / 499.5 - 1.0).collect();
    let points = places.iter().map(|x| (f64::from(*x), f64::from(trainer.predict(&[*x])[0]))).collect::<Vec<_>>();
    let farthest = places.iter().zip(&points).map(|(x, (_, y))| (f64::from(curve(*x)) - y).abs()).fold(0.0, f64::max);
    Ok(Fit { width: WIDTH, parameters: OneLayer::<WIDTH>::PARAMS, farthest, points })
}

/// Four widths.
///
/// # Errors
/// As [`fit`].
pub fn fits() -> Result<[Fit; 4], Failed> {
    Ok([fit::<2>()?, fit::<6>()?, fit::<16>()?, fit::<48>()?])
}

/// The wider the nearer, and the widest is nowhere far from the curve.
pub fn check(fits: &[Fit; 4]) -> Claims {
    let farthest: Vec<f64> = fits.iter().map(|fit| fit.farthest).collect();
    let text: Vec<String> = fits.iter().map(|fit| format!("{:.3} with {}", fit.farthest, fit.width)).collect();
    Claims::new()
        .hold(
            farthest.windows(2).all(|pair| pair[1] < pair[0]) && farthest[0] > 0.5,
            "the wider the hidden layer, the nearer to the curve",
            format!("at most {} away", text.join(", ")),
        )
        .hold(farthest[3] < 0.05, "the widest is nowhere farther than 0.05 from it", format!("{:.4}", farthest[3]))
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let fits = fits()?;
    notes.claim(check(&fits));
    say!(notes, "sin 2πx + ½(1 − x)·cos 5πx by one hidden layer of tanh");
    let mut charts = Vec::new();
    for Fit { width, parameters, farthest, points } in &fits {
        say!(notes, "  {width:>2} neurons, {parameters:>3} parameters: at most {farthest:.4} away from the curve");
        let truth = points.iter().map(|(x, _)| (*x, f64::from(curve(*x as f32))));
        let chart = Chart::new(format!("{width} neurons: at most {farthest:.3} away"), "x", "y").y_range(-2.4, 2.4);
        charts.push(chart.style(7).curve("the curve", truth).style(1).curve("the network", points.iter().copied()));
    }
    let figure = Figure::new("Universal approximation with one hidden layer", 2, charts).panel(480, 320);
    notes.draw(
        "universal",
        &figure.note("One hidden layer of tanh: the more neurons it has, the closer it lies on the curve."),
    )
}
