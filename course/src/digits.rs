//! The network of the lectures on handwritten digits (lecture section 6). The example `mnist` of the library is the same
//! with settings of your own.

use typednet::data::mnist;
use typednet::prelude::*;

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: Section 6 of the lectures.
pub const LESSON: Lesson =
    Lesson { name: "digits", title: "The whole of it: digits", section: "6. Optimisers", run: lesson };

network! {
    /// Handwritten digits: 28×28 pixels in, one probability for each of ten classes out.
    pub struct Mnist: 784 => hidden: Dense<128, Relu> => Dense<64, Relu> => head: Dense<10, Softmax> -> 10
}

/// The share of the embedded test digits that are read rightly after ten epochs.
const CLAIM: f64 = 0.94;

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let digits = mnist::embedded()?;
    let mut trainer = Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(0.001)).epochs(10).quiet();
    let history = trainer.fit_validated(&digits.train, &digits.test)?;
    let confusion = trainer.confusion(&digits.test)?;
    say!(notes, "{}", Mnist::summary());
    say!(notes, "{}", confusion.named(&mnist::DIGITS));
    let accuracy = confusion.accuracy().unwrap_or(0.0);
    notes.claim(
        Claims::new().hold(Mnist::PARAMS == 109_386, "784 → 128 → 64 → 10 has 109,386 parameters", Mnist::PARAMS).hold(
            accuracy >= CLAIM,
            format!("at least {:.0} % of the 2,000 test digits are right after ten epochs", 100.0 * CLAIM),
            format!("{:.2} %", 100.0 * accuracy),
        ),
    );
    let svg = history.to_svg()?;
    notes.keep("digits", &svg, svg.clone())
}
