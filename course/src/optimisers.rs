//! Optimisers race: down an ill-conditioned bowl, through a curved valley, and on handwritten digits (lecture section 6).
//!
//! ```text
//! cargo run --release -p typednet-course --example optimisers
//! ```

use typednet::data::mnist;
use typednet::optim::{Adadelta, Adagrad, AdamW, Lamb, Lion, NAdam, RAdam, RmsProp, StepInfo};
use typednet::prelude::*;
use typednet_plot::{Chart, Figure, Marker, Shades, numbered};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: Section 6 of the lectures.
pub const LESSON: Lesson =
    Lesson { name: "optimisers", title: "The race of the optimisers", section: "6. Optimisers", run: lesson };

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
        optimizer.update(StepInfo::new(count, optimizer.learning_rate()), &mut place, &gradient, &mut moments);
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
) -> Result<Digits, Failed> {
    let mut trainer = Trainer::new(Mnist::seeded(0), CrossEntropy, optimizer).epochs(5).quiet();
    let history = trainer.fit(&digits.train)?;
    let losses = history.records().iter().map(|record| record.training.loss).collect();
    Ok(Digits { name, losses, accuracy: trainer.evaluate(&digits.test)?.accuracy.unwrap_or(0.0) })
}

/// Five epochs with each of the twelve optimisers from the same weights; the first six are those on the surfaces.
///
/// # Errors
/// If a loss does not stay finite.
pub fn on_digits() -> Result<[Digits; 12], Failed> {
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
pub fn check(bowl: &[Way; 6], valley: &[Way; 6], digits: &[Digits; 12]) -> Claims {
    let steps = |ways: &[Way; 6], i: usize| ways[i].steps.unwrap_or(usize::MAX);
    let [plain, momentum] = [0, 1].map(|i| steps(bowl, i));
    let [plain_there, momentum_there] = [0, 1].map(|i| steps(valley, i));
    let last = |i: usize| digits[i].losses[4];
    let slowest = (1..bowl.len()).max_by(|a, b| last(*a).total_cmp(&last(*b))).unwrap_or(1);
    Claims::new()
        .hold(
            bowl.iter().chain(valley).all(|way| way.steps.is_some()),
            "all six arrive, in the bowl and in the valley",
            format!("within {} steps", bowl.iter().chain(valley).filter_map(|way| way.steps).max().unwrap_or(0)),
        )
        .hold(
            momentum.saturating_mul(2) < plain,
            "momentum is down the bowl in less than half of the steps of plain descent, both at their best rate",
            format!("{momentum} and {plain}"),
        )
        .hold(
            momentum_there.saturating_mul(4) < plain_there,
            "and through the valley in less than a quarter",
            format!("{momentum_there} and {plain_there}"),
        )
        .hold(
            last(slowest) < 0.5 * last(0),
            "the other five are at less than half of plain descent's loss after five epochs of digits",
            format!("{:.3} ({}) and {:.3}", last(slowest), digits[slowest].name, last(0)),
        )
}

/// The surface from above, blue where it is high, and one way over it.
fn map(surface: &Surface, way: &Way, x: (f64, f64), y: (f64, f64)) -> Chart {
    let highest = (surface.height)(surface.start[0], surface.start[1]);
    let steps = way.steps.map_or("does not arrive".into(), |steps| format!("{steps} steps"));
    let path: Vec<(f64, f64)> = way.path.iter().map(|[x, y]| (*x, *y)).collect();
    let [start, lowest] = [surface.start, surface.lowest].map(|[x, y]| [(x, y)]);
    Chart::new(format!("{}: {steps}", way.name), "w₁", "w₂")
        .plane(80, (x, y), Shades::Diverging, |x, y| -((surface.height)(x, y) / highest).powf(0.3).min(1.0))
        .style(5)
        .curve("way", path)
        .style(5)
        .marked("start", Marker::Halo, start)
        .style(1)
        .marked("lowest place", Marker::Square, lowest)
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let (bowl, valley, digits) = (on_the_bowl(), in_the_valley(), on_digits()?);
    notes.claim(check(&bowl, &valley, &digits));
    for (surface, ways) in [(BOWL, &bowl), (VALLEY, &valley)] {
        say!(notes, "{}: steps to within 0.01 of the lowest place", surface.name);
        for way in ways {
            say!(notes, "  {:<17} {}", way.name, way.steps.map_or("does not arrive".into(), |steps| steps.to_string()));
        }
    }
    let surfaces = [
        ("optimisers-bowl", BOWL, &bowl, (-4.5, 2.5), (-3.2, 3.2)),
        ("optimisers-valley", VALLEY, &valley, (-2.0, 1.8), (-1.0, 4.0)),
    ];
    for (file, surface, ways, x, y) in surfaces {
        let maps = ways.iter().map(|way| map(&surface, way, x, y));
        let figure = Figure::new(format!("Six optimisers in one {}", surface.name), 3, maps).panel(370, 320);
        notes.draw(
            file,
            &figure.note("The bluer, the higher. Each begins in the ring and is done within 0.01 of the square."),
        )?;
    }

    say!(notes, "784-128-64-10 on 8,000 digits: training loss of epochs 1 to 5, and test accuracy");
    let mut chart = Chart::new("", "epoch", "training loss (cross-entropy)").whole_x().log_y();
    for (place, Digits { name, losses, accuracy }) in digits.iter().enumerate() {
        let text: Vec<String> = losses.iter().map(|loss| format!("{loss:.3}")).collect();
        say!(notes, "  {name:<17} {}   {:.1} %", text.join("  "), 100.0 * accuracy);
        if place < bowl.len() {
            chart = chart.line(format!("{name}: {:.1} % right", 100.0 * accuracy), numbered(losses.iter().copied()));
        }
    }
    let figure = Figure::new("The same optimisers on 8,000 digits", 1, [chart]).panel(820, 480);
    notes.draw(
        "optimisers-digits",
        &figure.note("784-128-64-10 from the same weights; the share of right test digits is that after five epochs."),
    )
}
