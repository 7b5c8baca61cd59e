//! Optimisers race: down an ill-conditioned bowl, through a curved valley, and on handwritten digits (lecture section 6).
//!
//! ```text
//! cargo run --release --example optimisers
//! ```

use std::error::Error;

use plotters::prelude::SeriesLabelPosition;
use typednet::data::mnist;
use typednet::optim::{Adadelta, Adagrad, AdamW, Lamb, Lion, NAdam, RAdam, RmsProp, Step as OptimizerStep};
use typednet::prelude::*;

mod common;

use common::picture::{Chart, Picture};

network! {
    /// Handwritten digits.
    pub struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10
}

/// A function of two weights with its gradient.
#[derive(Clone, Copy)]
pub struct Surface {
    /// What it is called.
    pub name: &'static str,
    /// Its height.
    pub height: fn(f64, f64) -> f64,
    /// Its slope along both weights.
    pub gradient: fn(f64, f64) -> [f64; 2],
    /// Where all start.
    pub start: [f64; 2],
    /// Its lowest place.
    pub lowest: [f64; 2],
}

/// How much steeper the bowl is along w₂ than along w₁.
const CONDITION: f64 = 50.0;

/// ½(w₁² + 50·w₂²): steep along one weight, flat along the other.
pub const BOWL: Surface = Surface {
    name: "ill-conditioned bowl ½(w₁² + 50·w₂²)",
    height: |x, y| 0.5 * (x * x + CONDITION * y * y),
    gradient: |x, y| [x, CONDITION * y],
    start: [-4.0, 1.0],
    lowest: [0.0, 0.0],
};

/// (1 − w₁)² + 20·(w₂ − w₁²)² (Rosenbrock 1960): a valley that bends.
pub const VALLEY: Surface = Surface {
    name: "curved valley (1 − w₁)² + 20·(w₂ − w₁²)²",
    height: |x, y| (1.0 - x).powi(2) + 20.0 * (y - x * x).powi(2),
    gradient: |x, y| [-2.0 * (1.0 - x) - 80.0 * x * (y - x * x), 40.0 * (y - x * x)],
    start: [-1.4, 0.5],
    lowest: [1.0, 1.0],
};

/// The way of one optimiser, until it is within a hundredth of the lowest place.
pub struct Way {
    /// The optimiser.
    pub name: &'static str,
    /// Each place, the start first.
    pub path: Vec<[f64; 2]>,
    /// The number of steps, if it arrived.
    pub steps: Option<usize>,
}

/// How long an optimiser may take.
const MOST_STEPS: u64 = 5_000;

/// Lets an optimiser run.
pub fn run<O: Optimizer>(name: &'static str, optimizer: &O, surface: &Surface) -> Way {
    let mut place = surface.start;
    let mut moments = vec![[0.0; 2]; O::MOMENTS];
    let mut path = vec![place];
    for count in 1..=MOST_STEPS {
        let gradient = (surface.gradient)(place[0], place[1]);
        let mut moments: Vec<&mut [f64]> = moments.iter_mut().map(<[f64; 2]>::as_mut_slice).collect();
        optimizer.update(OptimizerStep::new(count, optimizer.learning_rate()), &mut place, &gradient, &mut moments);
        path.push(place);
        if (place[0] - surface.lowest[0]).hypot(place[1] - surface.lowest[1]) < 0.01 {
            return Way { name, path, steps: Some(count as usize) };
        }
    }
    Way { name, path, steps: None }
}

/// Six optimisers on the bowl; plain descent and momentum at the best rate that each can have there.
pub fn on_the_bowl() -> [Way; 6] {
    let (low, high) = (1.0_f64, CONDITION);
    let plain = GradientDescent::new(2.0 / (low + high));
    let roots = high.sqrt() + low.sqrt();
    let momentum = Momentum::new((2.0 / roots).powi(2), ((high.sqrt() - low.sqrt()) / roots).powi(2));
    [
        run("gradient descent", &plain, &BOWL),
        run("momentum", &momentum, &BOWL),
        run("Nesterov", &Nesterov::new(1.0 / high, 0.75), &BOWL),
        run("Adagrad", &Adagrad::new(1.0), &BOWL),
        run("RMSprop", &RmsProp::new(0.01), &BOWL),
        run("Adam", &Adam::new(0.3), &BOWL),
    ]
}

/// Six optimisers in the valley.
pub fn in_the_valley() -> [Way; 6] {
    [
        run("gradient descent", &GradientDescent::new(0.004), &VALLEY),
        run("momentum", &Momentum::new(0.004, 0.9), &VALLEY),
        run("Nesterov", &Nesterov::new(0.004, 0.9), &VALLEY),
        run("Adagrad", &Adagrad::new(0.5), &VALLEY),
        run("RMSprop", &RmsProp::new(0.01), &VALLEY),
        run("Adam", &Adam::new(0.1), &VALLEY),
    ]
}

/// A training on the embedded digits.
pub struct Digits {
    /// The optimiser.
    pub name: &'static str,
    /// The training loss of each epoch.
    pub losses: Vec<f64>,
    /// The share of the test digits that it reads rightly.
    pub accuracy: f64,
}

fn train<O: Optimizer>(
    name: &'static str,
    optimizer: O,
    digits: &Split<mnist::Image, mnist::Label>,
) -> Result<Digits, Box<dyn Error>> {
    let mut trainer = Trainer::new(Mnist::seeded(0), CrossEntropy, optimizer).epochs(5).quiet();
    let history = trainer.fit(&digits.train)?;
    let losses = history.records().iter().map(|record| record.training.loss).collect();
    Ok(Digits { name, losses, accuracy: trainer.evaluate(&digits.test)?.accuracy.unwrap_or(0.0) })
}

/// Five epochs with each of the twelve optimisers from the same weights; the first six are those on the surfaces.
///
/// # Errors
/// If a loss does not stay finite.
pub fn on_digits() -> Result<[Digits; 12], Box<dyn Error>> {
    let digits = mnist::embedded()?;
    Ok([
        train("gradient descent", GradientDescent::new(0.02), &digits)?,
        train("momentum", Momentum::new(0.02, 0.9), &digits)?,
        train("Nesterov", Nesterov::new(0.02, 0.9), &digits)?,
        train("Adagrad", Adagrad::new(0.01), &digits)?,
        train("RMSprop", RmsProp::new(0.001), &digits)?,
        train("Adam", Adam::new(0.001), &digits)?,
        train("AdamW", AdamW::new(0.001), &digits)?,
        train("NAdam", NAdam::new(0.001), &digits)?,
        train("RAdam", RAdam::new(0.001), &digits)?,
        train("Lamb", Lamb::new(0.005), &digits)?,
        train("Lion", Lion::new(0.0002), &digits)?,
        train("Adadelta", Adadelta::new(1.0), &digits)?,
    ])
}

/// Momentum needs fewer steps than plain descent, down the bowl, through the valley and on digits.
///
/// # Panics
/// If it is not so.
pub fn check(bowl: &[Way; 6], valley: &[Way; 6], digits: &[Digits; 12]) {
    let steps = |ways: &[Way; 6], i: usize| ways[i].steps.unwrap_or(usize::MAX);
    assert!(bowl.iter().all(|way| way.steps.is_some()), "all arrive in the bowl");
    assert!(2 * steps(bowl, 1) < steps(bowl, 0), "momentum in less than half of the steps: {}", steps(bowl, 1));
    assert!(steps(valley, 1) < steps(valley, 0) / 4, "momentum in the valley: {}", steps(valley, 1));
    for Digits { name, losses, .. } in &digits[1..bowl.len()] {
        assert!(losses[4] < 0.5 * digits[0].losses[4], "{name} learns the digits faster than plain descent");
    }
}

/// How each of the six is drawn: none is sky blue, which is not seen on the surfaces.
const STYLES: [usize; 6] = [1, 2, 3, 4, 6, 0];

/// The surface from above, white where it is low, and the ways over it.
fn map(surface: &Surface, ways: &[Way], x: (f64, f64), y: (f64, f64)) -> Chart {
    let highest = (surface.height)(surface.start[0], surface.start[1]);
    let mut chart = Chart::new(surface.name, "w₁", "w₂").x_range(x.0, x.1).y_range(y.0, y.1);
    chart = chart.heat(80, |x, y| -0.8 * ((surface.height)(x, y) / highest).powf(0.3).min(1.0));
    for (style, way) in ways.iter().enumerate() {
        let steps = way.steps.map_or("does not arrive".into(), |steps| format!("{steps} steps"));
        let path = way.path.iter().map(|[x, y]| (*x, *y));
        chart = chart.style(STYLES[style]).curve(format!("{}: {steps}", way.name), path);
    }
    chart.style(1).points("lowest place", [(surface.lowest[0], surface.lowest[1])])
}

fn main() -> Result<(), Box<dyn Error>> {
    let (bowl, valley, digits) = (on_the_bowl(), in_the_valley(), on_digits()?);
    check(&bowl, &valley, &digits);
    for (surface, ways) in [(BOWL, &bowl), (VALLEY, &valley)] {
        println!("{}: steps to within 0.01 of the lowest place", surface.name);
        for way in ways {
            println!("  {:<17} {}", way.name, way.steps.map_or("does not arrive".into(), |steps| steps.to_string()));
        }
    }
    println!("784-128-64-10 on 8,000 digits: training loss of epochs 1 to 5, and test accuracy");
    let mut chart = Chart::new("8,000 digits", "epoch", "training loss (cross-entropy)").log_y().y_range(0.02, 2.0);
    for (style, Digits { name, losses, accuracy }) in digits.iter().enumerate() {
        let text: Vec<String> = losses.iter().map(|loss| format!("{loss:.3}")).collect();
        println!("  {name:<17} {}   {:.1} %", text.join("  "), 100.0 * accuracy);
        if style < bowl.len() {
            let points = losses.iter().enumerate().map(|(i, loss)| (i as f64 + 1.0, *loss));
            chart = chart.style(STYLES[style]).line(*name, points);
        }
    }
    let maps = [
        map(&BOWL, &bowl, (-4.5, 2.5), (-2.6, 5.0)),
        map(&VALLEY, &valley, (-2.0, 1.8), (-1.0, 4.0)),
        chart.legend(SeriesLabelPosition::LowerLeft),
    ];
    Picture::new("Optimisers on the same surfaces and on digits", 3, maps).panel(470, 440).save("optimisers")
}
