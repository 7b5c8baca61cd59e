//! Transfer: a body that has learnt the digits 0 to 4 is frozen, and only a new head learns 5 to 9, from few samples; against a
//! network that begins from nothing.
//!
//! ```text
//! cargo run --release -p typednet-course --example transfer
//! ```

use std::ops::Range;

use typednet::data::mnist;
use typednet::prelude::*;
use typednet_plot::{Chart, Figure};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: transfer learning.
pub const LESSON: Lesson =
    Lesson { name: "transfer", title: "What was learnt elsewhere", section: "Transfer learning", run: lesson };

network! {
    /// Images in, 512 numbers out that say what strokes are where.
    pub struct Body: [28, 28, 1]
        => Conv2d<16, 5, Relu> => MaxPool<2> => Conv2d<32, 5, Relu> => MaxPool<2> => Flatten -> 512
}

network! {
    /// All of it is trained.
    pub struct Whole: [28, 28, 1] => body: Body => head: Dense<5, Softmax> -> 5
}

network! {
    /// Only the head is trained.
    pub struct Transferred: [28, 28, 1] => frozen body: Body => head: Dense<5, Softmax> -> 5
}

type Digits = Dataset<Image<28, 28, 1>, Class<5>>;

/// How many samples of each new class there are.
const FEW: [usize; 5] = [1, 3, 10, 30, 100];

/// How often each comparison is made, with other samples: the figures are means.
const DRAWS: usize = 3;

/// The digits from `first` on, five classes of them, of each those with the numbers in `which`.
fn five(digits: &Dataset<Image<28, 28, 1>, Class<10>>, first: usize, which: Range<usize>) -> Result<Digits, Failed> {
    let (mut samples, mut targets, mut seen) = (Vec::new(), Vec::new(), [0; 5]);
    for (sample, class) in digits {
        let Some(class) = class.index().checked_sub(first).filter(|class| *class < 5) else { continue };
        if which.contains(&seen[class]) {
            samples.push(*sample);
            targets.push(Class::new(class)?);
        }
        seen[class] += 1;
    }
    Ok(Dataset::new(samples, targets)?)
}

/// The share of the new digits that each reads after it has learnt from `few` of each class: with the body, and without.
fn compare(body: &Body, train: &Digits, test: &Digits) -> Result<[f64; 2], Failed> {
    let mut transferred = Transferred::seeded(1);
    transferred.body.inner.as_flat_mut().copy_from_slice(body.as_flat());
    let mut transferred = Trainer::new(transferred, CrossEntropy, Adam::new(0.005)).batch(16).epochs(60).quiet();
    transferred.fit(train)?;
    let mut fresh = Trainer::new(Whole::seeded(1), CrossEntropy, Adam::new(0.002)).batch(16).epochs(60).quiet();
    fresh.fit(train)?;
    if transferred.model().body.inner.as_flat() != body.as_flat() {
        return Err("a frozen body has changed".into());
    }
    let accuracies = [transferred.evaluate(test)?.accuracy, fresh.evaluate(test)?.accuracy];
    Ok(accuracies.map(|accuracy| accuracy.unwrap_or(0.0)))
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let digits = mnist::embedded()?.reshape::<Image<28, 28, 1>>();
    let mut first = Trainer::new(Whole::seeded(0), CrossEntropy, Adam::new(0.001)).epochs(6).quiet();
    first.fit(&five(&digits.train, 0, 0..usize::MAX)?)?;
    let known = first.evaluate(&five(&digits.test, 0, 0..usize::MAX)?)?.accuracy.unwrap_or(0.0);
    let body = &first.model().body;
    let test = five(&digits.test, 5, 0..usize::MAX)?;
    let mut found = Vec::new();
    for few in FEW {
        let [mut with, mut without] = [0.0; 2];
        for draw in 0..DRAWS {
            let accuracies = compare(body, &five(&digits.train, 5, draw * few..(draw + 1) * few)?, &test)?;
            with += accuracies[0] / DRAWS as f64;
            without += accuracies[1] / DRAWS as f64;
        }
        say!(
            notes,
            "{few} of each new digit: {:.1} % with the body, {:.1} % from nothing",
            100.0 * with,
            100.0 * without
        );
        found.push([few as f64, with, without]);
    }
    let line = |which: usize| found.iter().map(move |of| (of[0], 100.0 * of[which]));
    let chart = Chart::new("", "samples of each new digit", "test digits read rightly, %")
        .log_x()
        .line("a body that knows 0 to 4, frozen", line(1))
        .line("from nothing", line(2));
    let figure = Figure::new("Learning 5 to 9 from few samples", 1, [chart])
        .panel(640, 420)
        .note("What was learnt on other digits is worth most where samples are few.");
    let [few, with, without] = found[1];
    notes.claim(
        Claims::new()
            .hold(
                with > without,
                format!("with {few} samples of each new digit the frozen body reads more of them"),
                format!("{:.1} % and {:.1} %", 100.0 * with, 100.0 * without),
            )
            .hold(
                found.iter().filter(|of| of[1] > of[2]).count() >= 3,
                "at least at three of the five amounts it is ahead",
                found.iter().filter(|of| of[1] > of[2]).count(),
            )
            .hold(known > 0.97, "the body's own digits are read well", format!("{:.1} %", 100.0 * known)),
    );
    notes.draw("transfer", &figure)
}
