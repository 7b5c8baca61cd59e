//! Twenty-four hidden layers, with and without batch normalisation and skip connections (lecture section 7).
//!
//! ```text
//! cargo run --release -p typednet-course --example deep
//! ```

use typednet::data::mnist;
use typednet::prelude::*;
use typednet_plot::{Chart, Figure, numbered};

use crate::{Claims, Failed, Lesson, Notes, say};

/// Section 7.
pub const LESSON: Lesson =
    Lesson { name: "deep", title: "Twenty-four layers", section: "7. Against overfitting, and for depth", run: lesson };

/// Twenty-four hidden layers of one kind under the name `$deep`, in four blocks of six.
macro_rules! deep {
    ($block:ident, $deep:ident: $($layer:tt)*) => {
        network! {
            /// Six hidden layers.
            pub struct $block: 32
                => $($layer)* => $($layer)* => $($layer)* => $($layer)* => $($layer)* => $($layer)* -> 32
        }
        network! {
            /// Twenty-four hidden layers between digits and classes.
            pub struct $deep: 784 => Dense<32, Relu> => $block => $block => $block => $block => Dense<10, Softmax> -> 10
        }
    };
}

deep!(Plain, DeepPlain: Dense<32, Sigmoid>);
deep!(Relus, DeepRelu: Dense<32, Relu>);
deep!(Normalised, DeepNormalised: Dense<32> => BatchNorm => Sigmoid);
deep!(Skips, DeepSkips: Residual<Dense<32, Sigmoid> => Dense<32>>);
deep!(Both, DeepBoth: Residual<Dense<32> => BatchNorm => Sigmoid>);

/// How long each is trained.
pub const EPOCHS: usize = 10;

/// One training.
pub struct Depth {
    /// What the layers are made of.
    pub name: &'static str,
    /// The training loss of each epoch.
    pub losses: Vec<f64>,
    /// The share of the test digits that are read rightly.
    pub accuracy: f64,
}

fn train<M>(name: &'static str, digits: &Split<mnist::Image, mnist::Label>) -> Result<Depth, Failed>
where
    M: Layer<In = [f32; 784], Out = [f32; 10], Elem = f32, Head = Softmax>,
{
    let mut trainer = Trainer::new(M::seeded(0), CrossEntropy, Adam::new(1e-3)).epochs(EPOCHS).quiet();
    let history = trainer.fit(&digits.train)?;
    let losses = history.records().iter().map(|record| record.training.loss).collect();
    Ok(Depth { name, losses, accuracy: trainer.evaluate(&digits.test)?.accuracy.unwrap_or(0.0) })
}

/// Five networks on the embedded digits.
///
/// # Errors
/// If a loss does not stay finite.
pub fn depths() -> Result<[Depth; 5], Failed> {
    let digits = mnist::embedded()?;
    Ok([
        train::<DeepPlain>("sigmoid", &digits)?,
        train::<DeepRelu>("ReLU", &digits)?,
        train::<DeepNormalised>("sigmoid, batch norm", &digits)?,
        train::<DeepSkips>("sigmoid, skips", &digits)?,
        train::<DeepBoth>("sigmoid, both", &digits)?,
    ])
}

/// Without help the deep sigmoid network learns nothing; with batch normalisation, skips or both it reads digits.
pub fn check([plain, _, normalised, skips, both]: &[Depth; 5]) -> Claims {
    let percent = |depth: &Depth| format!("{:.1} % of the test digits are right", 100.0 * depth.accuracy);
    let claims =
        Claims::new().hold(plain.accuracy < 0.2, "24 layers of sigmoid stay as good as guessing", percent(plain));
    [(normalised, "batch normalisation"), (skips, "skips"), (both, "both")].iter().fold(
        claims,
        |claims, (cured, how)| {
            claims.hold(
                cured.accuracy > 0.85,
                format!("with {how} they read more than 85 % of the digits"),
                percent(cured),
            )
        },
    )
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let depths = depths()?;
    say!(notes, "784 → 24 hidden layers of 32 → 10, Adam at 0.001, {EPOCHS} epochs of 8,000 digits");
    let mut chart = Chart::new("", "epoch", "training loss (cross-entropy)").whole_x().log_y();
    for Depth { name, losses, accuracy } in &depths {
        let (first, last, right) = (losses[0], losses[EPOCHS - 1], 100.0 * accuracy);
        say!(notes, "  {name:<20} loss {first:.3} → {last:.3}, test accuracy {right:.1} %");
        chart = chart.line(format!("{name}: {right:.1} % right"), numbered(losses.iter().copied()));
    }
    notes.claim(check(&depths));
    let chart = chart.level("guessing, ln 10", 10.0_f64.ln());
    let figure = Figure::new("24 hidden layers: batch normalisation and skip connections", 1, [chart]).panel(820, 480);
    notes.draw(
        "deep",
        &figure.note(
            "Sigmoid alone stays at the loss of guessing for all ten epochs; what lets the gradient through learns.",
        ),
    )
}
