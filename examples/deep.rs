//! Twenty-four hidden layers, with and without batch normalisation and skip connections (lecture section 7).
//!
//! ```text
//! cargo run --release --example deep
//! ```

use std::error::Error;

use plotters::prelude::SeriesLabelPosition;
use typednet::data::mnist;
use typednet::prelude::*;

mod common;

use common::picture::{Chart, Picture};

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

fn train<M>(name: &'static str, digits: &Split<mnist::Image, mnist::Label>) -> Result<Depth, Box<dyn Error>>
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
pub fn depths() -> Result<[Depth; 5], Box<dyn Error>> {
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
///
/// # Panics
/// If it is not so.
pub fn check([plain, _, normalised, skips, both]: &[Depth; 5]) {
    assert!(plain.accuracy < 0.2, "as good as guessing: {}", plain.accuracy);
    for cured in [normalised, skips, both] {
        assert!(cured.accuracy > 0.85, "{}: {}", cured.name, cured.accuracy);
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let depths = depths()?;
    println!("784 → 24 hidden layers of 32 → 10, Adam at 0.001, {EPOCHS} epochs of 8,000 digits");
    let mut chart = Chart::new("training loss", "epoch", "cross-entropy").log_y().y_range(0.01, 10.0);
    for Depth { name, losses, accuracy } in &depths {
        println!(
            "  {name:<20} loss {:.3} → {:.3}, test accuracy {:.1} %",
            losses[0],
            losses[EPOCHS - 1],
            100.0 * accuracy
        );
        let points = losses.iter().enumerate().map(|(i, loss)| (i as f64 + 1.0, *loss));
        chart = chart.line(format!("{name}: {:.1} % right", 100.0 * accuracy), points);
    }
    check(&depths);
    let chart = chart.legend(SeriesLabelPosition::LowerLeft);
    Picture::new("24 hidden layers: batch normalisation and skip connections", 1, [chart]).panel(760, 460).save("deep")
}
