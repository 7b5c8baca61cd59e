//! What a plain recurrent network forgets and gates keep: the sum of two numbers among many (Hochreiter and Schmidhuber 1997), and how
//! far back a gradient reaches.
//!
//! ```text
//! cargo run --release -p typednet-course --example remember
//! ```

use typednet::data::DataError;
use typednet::layers::pass;
use typednet::optim::schedule::Cosine;
use typednet::prelude::*;
use typednet_plot::{Chart, Figure, numbered};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: memory over many steps.
pub const LESSON: Lesson =
    Lesson { name: "remember", title: "What is kept over many steps", section: "Recurrent networks", run: lesson };

/// How many steps a sequence has.
pub const STEPS: usize = 60;

network! {
    /// A plain recurrent network.
    pub struct Plain: [STEPS, 2] => Rnn<32> => Last => Dense<1> -> 1
}

network! {
    /// Long short-term memory.
    pub struct Long: [STEPS, 2] => Lstm<32> => Last => Dense<1> -> 1
}

network! {
    /// Gated recurrent units.
    pub struct Gated: [STEPS, 2] => Gru<32> => Last => Dense<1> -> 1
}

/// Sequences of a number from 0 to 1 and a mark; of each the sum of the two numbers that are marked.
pub type Sums = Dataset<[[f32; 2]; STEPS], [f32; 1]>;

/// So many sequences, with one mark in the first half and one in the second.
///
/// # Errors
/// If there were none.
pub fn sums(count: usize, key: Key) -> Result<Sums, DataError> {
    let (mut samples, mut targets) = (Vec::new(), Vec::new());
    for row in 0..count as u64 {
        let key = key.child(row);
        let half = STEPS as u64 / 2;
        let marks = [key.child(0).below(0, half), half + key.child(0).below(1, half)];
        let numbers = key.child(1);
        let sample: [[f32; 2]; STEPS] = std::array::from_fn(|step| {
            let marked = marks.contains(&(step as u64));
            [numbers.uniform(step as u64), f32::from(u8::from(marked))]
        });
        targets.push([sample.iter().filter(|step| step[1] > 0.0).map(|step| step[0]).sum::<f32>()]);
        samples.push(sample);
    }
    Dataset::new(samples, targets)
}

/// The mean squared error of whoever always says 1: 2 · 1/12.
const ALWAYS_ONE: f64 = 1.0 / 6.0;

const EPOCHS: usize = 30;

/// What became of a network.
struct Learnt {
    /// The error on the test sequences after each epoch.
    losses: Vec<f64>,
    /// How far its gradient reaches before training, and after it.
    reach: [Vec<f64>; 2],
}

/// A network of its first weights, trained.
fn learn<M>(train: &Sums, test: &Sums) -> Result<Learnt, Failed>
where
    M: Layer<In = [[f32; 2]; STEPS], Out = [f32; 1], Elem = f32>,
    SquaredError: typednet::loss::LossFor<M::Head, [f32; 1], Target = [f32; 1]>,
{
    let model = M::seeded(0);
    let before = reach(&*model, &test.samples()[..64]);
    let mut trainer = Trainer::new(model, SquaredError::Mean, Adam::new(0.004))
        .batch(50)
        .epochs(EPOCHS)
        .clip_norm(1.0)
        .schedule_by_epoch(Cosine::new(EPOCHS as u64))
        .quiet();
    let history = trainer.fit_validated(train, test)?;
    let losses = history.records().iter().filter_map(|record| Some(record.validation.as_ref()?.loss)).collect();
    let after = reach(trainer.model(), &test.samples()[..64]);
    Ok(Learnt { losses, reach: [before, after] })
}

/// ‖∂y/∂xₜ‖ for each step t, the mean over some sequences.
fn reach<M: Layer<In = [[f32; 2]; STEPS], Out = [f32; 1], Elem = f32>>(model: &M, x: &[M::In]) -> Vec<f64> {
    let (mut grad, mut dx) = (M::zeroed(), vec![[[0.0; 2]; STEPS]; x.len()]);
    let mut memory = vec![0.0; pass::training_need::<M>().of(x.len())];
    let run = PassContext::new(Key::new(0));
    let upstream = |_: &[[f32; 1]], dy: &mut [[f32; 1]]| dy.fill([1.0]);
    pass::vjp(model, x, upstream, &mut *grad, Some(&mut dx), &mut memory, run);
    let norm = |[a, b]: [f32; 2]| f64::from(a).hypot(f64::from(b));
    (0..STEPS).map(|t| dx.iter().map(|dx| norm(dx[t])).sum::<f64>() / x.len() as f64).collect()
}

/// How much the first half of the steps counts, as a share of what the second half does.
fn first_half(reach: &[f64]) -> f64 {
    reach[..STEPS / 2].iter().sum::<f64>() / reach[STEPS / 2..].iter().sum::<f64>()
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let (train, test) = (sums(10_000, Key::new(1))?, sums(1_000, Key::new(2))?);
    let found = [
        ("plain", learn::<Plain>(&train, &test)?),
        ("LSTM", learn::<Long>(&train, &test)?),
        ("GRU", learn::<Gated>(&train, &test)?),
    ];
    let mut losses =
        Chart::new("learning", "epoch", "mean squared error").log_y().whole_x().level("always 1", ALWAYS_ONE);
    let mut reaches = ["a gradient's reach, untrained", "and trained"]
        .map(|title| Chart::new(title, "step", "‖∂y/∂xₜ‖").log_y().y_range(1e-16, 10.0));
    for (name, learnt) in &found {
        say!(notes, "{name}: error {:.4} in the end", learnt.losses[EPOCHS - 1]);
        losses = losses.line(*name, numbered(learnt.losses.iter().copied()));
        let mut both = learnt.reach.iter();
        reaches = reaches.map(|chart| chart.line(*name, numbered(both.next().into_iter().flatten().copied())));
    }
    let charts = [losses].into_iter().chain(reaches);
    let figure = Figure::new(format!("The sum of two marked numbers among {STEPS}"), 3, charts)
        .panel(330, 340)
        .note("Through each step of a plain network a gradient shrinks. A gate learns to stay open, and lets it pass.");
    let [plain, long, gated] = found.each_ref().map(|(_, learnt)| learnt.losses[EPOCHS - 1]);
    let [untrained, trained] = [0, 1].map(|when| found.each_ref().map(|(_, learnt)| first_half(&learnt.reach[when])));
    notes.claim(
        Claims::new()
            .hold(
                long < ALWAYS_ONE / 10.0 && gated < ALWAYS_ONE / 10.0,
                "LSTM and GRU learn the sum: a tenth of the error of always saying 1, or less",
                format!("{long:.4} and {gated:.4} of {ALWAYS_ONE:.4}"),
            )
            .hold(
                plain > 5.0 * long.max(gated),
                "the plain network's error is more than five times theirs",
                format!("{plain:.4}"),
            )
            .hold(
                untrained.iter().all(|share| *share < 1e-3),
                "untrained, of a gradient a thousandth or less reaches the first half of the steps",
                format!("{:.0e}, {:.0e} and {:.0e}", untrained[0], untrained[1], untrained[2]),
            )
            .hold(
                trained[1] > 0.1 && trained[2] > 0.1,
                "in LSTM and GRU a tenth or more does after training",
                format!("{:.2} and {:.2}; in the plain network {:.2}", trained[1], trained[2], trained[0]),
            ),
    );
    notes.draw("remember", &figure)
}
