//! `LeNet` on handwritten digits: what its filters look for, what they find, and which pixels count (`LeCun` et al. 1998).
//!
//! ```text
//! cargo run --release -p typednet-course --example lenet
//! ```

use typednet::data::{Augment, Augmented, mnist};
use typednet::govern::input_gradient;
use typednet::optim::schedule::Cosine;
use typednet::prelude::*;
use typednet::tensor::flat;
use typednet_plot::{Chart, Figure, Shades, numbered};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: convolutional networks.
pub const LESSON: Lesson =
    Lesson { name: "lenet", title: "What a convolution sees", section: "Convolutional networks", run: lesson };

network! {
    /// Images of 28×28 grey pixels in, one probability for each of ten classes out.
    pub struct LeNet: [28, 28, 1]
        => first: Conv2d<6, 5, Relu> => MaxPool<2> => Conv2d<16, 5, Relu> => MaxPool<2>
        => Flatten => Dense<120, Relu> => Dense<84, Relu> => head: Dense<10, Softmax> -> 10
}

const _: () = assert!(LeNet::PARAMS == 44_426);

/// The trainer of the network.
pub type Reader = Trainer<LeNet, CrossEntropy, Adam>;

/// The share of the embedded test digits that are read rightly.
const CLAIM: f64 = 0.988;

/// How often the training walks over the digits.
const EPOCHS: usize = 40;

/// Trains on the embedded digits, which are shifted, turned, scaled and sheared anew in every epoch; the accuracy on the test
/// digits after each.
///
/// # Errors
/// If the loss does not stay finite.
pub fn train(seed: u64) -> Result<(Reader, Vec<f64>), Failed> {
    let digits = mnist::embedded()?.reshape::<Image<28, 28, 1>>();
    let changes = Augment::<28, 28, 1>::new().shift(0.08).rotate(12.0).scale(0.9, 1.1).shear(8.0);
    let mut trainer = Trainer::new(LeNet::seeded(seed), CrossEntropy, Adam::new(0.003))
        .seed(seed)
        .epochs(EPOCHS)
        .schedule_by_epoch(Cosine::new(EPOCHS as u64))
        .quiet();
    let history = trainer.fit_validated(&Augmented::new(digits.train, changes)?, &digits.test)?;
    let accuracies = history.records().iter().filter_map(|record| record.validation.as_ref()?.accuracy).collect();
    Ok((trainer, accuracies))
}

/// Values of either sign, the largest of all as 1.
fn signed(values: impl IntoIterator<Item = f32>) -> Vec<f64> {
    let values: Vec<f64> = values.into_iter().map(f64::from).collect();
    let largest = values.iter().fold(f64::MIN_POSITIVE, |largest, value| largest.max(value.abs()));
    values.iter().map(|value| value / largest).collect()
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let (mut trainer, accuracies) = train(0)?;
    let digits = mnist::embedded()?.reshape::<Image<28, 28, 1>>();
    say!(notes, "{}", LeNet::summary());
    let confusion = trainer.confusion(&digits.test)?;
    let accuracy = confusion.accuracy().unwrap_or(0.0);
    let model = trainer.model();
    say!(notes, "{:.2} % of the test digits are right", 100.0 * accuracy);

    let seven = (0..digits.test.len()).find(|row| digits.test.targets()[*row].index() == 7).unwrap_or(0);
    let image = digits.test.samples()[seven].map(|row| row.map(|pixel| pixel.map(|byte| f32::from(byte) / 255.0)));
    let maps = model.first.predict(&image);
    let saliency = input_gradient(model, &image, Class::new(7)?)?;
    let count = |row: usize| flat(std::slice::from_ref(&saliency[row])).iter().map(|x| f64::from(x.abs())).sum::<f64>();
    let (middle, border): (f64, f64) = ((7..21).map(count).sum(), [0, 1, 26, 27].into_iter().map(count).sum());

    let filters = (0..6).map(|f| {
        let weights = model.first.weight.as_flattened().iter().map(|channels| channels[0][f]);
        Chart::image(format!("filter {}", f + 1), 5, &signed(weights), Shades::Signed)
    });
    let found = (0..6).map(|f| {
        let values = maps.as_flattened().iter().map(|pixel| pixel[f]);
        Chart::image(format!("what {} finds", f + 1), 24, &signed(values), Shades::Rising)
    });
    let ink: Vec<f64> = flat(&[image]).iter().map(|x| f64::from(*x)).collect();
    let counts: Vec<f64> = signed(flat(&[*saliency]).iter().map(|x| x.abs()));
    let faint: Vec<f64> = ink.iter().map(|x| 0.3 * x).collect();
    let errors = numbered(accuracies.iter().map(|accuracy| 100.0 * (1.0 - accuracy)));
    let others = [
        Chart::image("a 7", 28, &ink, Shades::Ink),
        Chart::image("which pixels count for it", 28, &faint, Shades::Ink).layer(28, &counts, Shades::Rising),
        Chart::new("errors, %", "epoch", "").log_y().whole_x().line("LeNet", errors),
    ];
    let figure = Figure::new(format!("LeNet reads {:.1} % of 2,000 test digits", 100.0 * accuracy), 6, filters.chain(found).chain(others))
        .panel(220, 240)
        .note("Each of the first layer's six filters of 5×5 weights (blue below 0, vermilion above) finds strokes of one direction, or edges.");
    notes.claim(
        Claims::new()
            .hold(LeNet::PARAMS == 44_426, "LeNet has 44,426 parameters", LeNet::PARAMS)
            .hold(
                accuracy >= CLAIM,
                format!("at least {:.1} % of the 2,000 test digits are right", 100.0 * CLAIM),
                format!("{:.2} %", 100.0 * accuracy),
            )
            .hold(
                middle / 14.0 > 3.0 * border / 4.0,
                "a row in the middle counts at least three times as much as one at the border",
                format!("{:.1} times", middle / 14.0 / (border / 4.0)),
            ),
    );
    notes.draw("lenet", &figure)
}
