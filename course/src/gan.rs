//! Two networks against each other: one draws digits from noise, the other tells drawn ones from real ones, and the gradient of
//! the second's judgement goes through its input into the first (Goodfellow et al. 2014).
//!
//! ```text
//! cargo run --release -p typednet-course --example gan
//! ```

use typednet::data::{Order, mnist};
use typednet::layers::pass;
use typednet::loss::{BinaryCrossEntropy, LossFor};
use typednet::prelude::*;
use typednet::tensor::Buffer;
use typednet_plot::{Chart, Figure, Shades, numbered};

use crate::drawn::{Digit, kinds, pixels, reader, sheet};
use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: generative models.
pub const LESSON: Lesson =
    Lesson { name: "gan", title: "Two networks against each other", section: "Generative models", run: lesson };

network! {
    /// Noise in, a digit out.
    pub struct Generator: 32 => Dense<128, Relu> => Dense<256, Relu> => Dense<784, Sigmoid> -> 784
}

network! {
    /// A digit in, the probability out that it is a real one.
    pub struct Judge: 784 => Noise<0.5> => Dense<128, LeakyRelu<0.2>> => Dense<32, LeakyRelu<0.2>> => Dense<1, Sigmoid> -> 1
}

type Points = [f32; 32];

const BATCH: usize = 64;
/// How often the judge sees all digits.
const EPOCHS: u64 = 60;
/// The epochs after which the same noise is drawn.
const SHOWN: [u64; 5] = [0, 1, 5, 15, EPOCHS];
/// What the judge is told of real digits: a little less than sure, so that its judgement keeps a slope (Salimans et al. 2016).
const REAL: f32 = 0.9;

/// Both networks, each with its optimiser.
pub struct Gan {
    generator: Trainer<Generator, BinaryCrossEntropy, Adam>,
    judge: Trainer<Judge, BinaryCrossEntropy, Adam>,
    /// The judge's gradient, which nobody uses, in the generator's step.
    unused: Model<Judge>,
    memory: Buffer<f32>,
}

impl Gan {
    /// Nothing learnt.
    pub fn new(seed: u64) -> Self {
        let [draw, judge] = [0.001, 0.0005].map(|rate| Adam::new(rate).betas(0.5, 0.999));
        Self {
            generator: Trainer::new(Generator::seeded(seed), BinaryCrossEntropy, draw).seed(seed).quiet(),
            judge: Trainer::new(Judge::seeded(seed + 1), BinaryCrossEntropy, judge).seed(seed).quiet(),
            unused: Judge::zeroed(),
            memory: Buffer::new(),
        }
    }

    /// A step of the judge on these digits and as many drawn ones, and one of the generator: the loss of each.
    ///
    /// # Errors
    /// If a loss does not stay finite.
    pub fn step(&mut self, digits: &[Digit], key: Key) -> Result<[f64; 2], Failed> {
        let Self { generator, judge, unused, memory } = self;
        let n = digits.len();
        let z = noise(n, key);

        let mut both = generator.model().predict_many(&z);
        both.extend_from_slice(digits);
        let targets: Vec<[f32; 1]> = (0..2 * n).map(|row| [if row < n { 0.0 } else { REAL }]).collect();
        let by_judge = judge.step_with(2 * n, |step| {
            let memory = step.memory.grow(pass::training_need::<Judge>().of(2 * n));
            pass::gradient(step.model, &BinaryCrossEntropy, &both, &targets, step.gradient, memory, step.run).0
        })?;

        // The generator wants what it draws to be called real: the gradient of that by the drawn pixels is its own.
        let judge = judge.model();
        let real = vec![[1.0]; n];
        let by_generator = generator.step_with(n, |step| {
            let within = memory.grow(pass::training_need::<Judge>().of(n));
            let run = step.run.stop_at_logits(true);
            let judged = |drawn: &[Digit], d_drawn: &mut [Digit]| {
                let called_real = |logits: &[[f32; 1]], d: &mut [[f32; 1]]| {
                    LossFor::<Sigmoid, [f32; 1]>::gradient(&BinaryCrossEntropy, logits, &real, d, run.parallel())
                        / n as f64
                };
                pass::vjp(judge, drawn, called_real, &mut **unused, Some(d_drawn), within, run).0
            };
            let memory = step.memory.grow(pass::training_need::<Generator>().of(n));
            pass::vjp(step.model, &z, judged, step.gradient, None, memory, step.run).0
        })?;
        Ok([by_judge, by_generator])
    }

    /// What the generator draws from this noise.
    pub fn drawn(&self, z: &[Points]) -> Vec<Digit> {
        self.generator.model().predict_many(z)
    }
}

/// `n` samples of noise.
pub fn noise(n: usize, key: Key) -> Vec<Points> {
    (0..n as u64).map(|row| std::array::from_fn(|i| key.child(row).normal(i as u64))).collect()
}

/// A training.
pub struct Trained {
    /// Both networks after it.
    pub gan: Gan,
    /// The mean loss of the judge and of the generator in each epoch.
    pub losses: Vec<[f64; 2]>,
    /// What the same noise became after each of the epochs that are shown.
    pub shown: Vec<Vec<Digit>>,
}

/// Trains.
///
/// # Errors
/// If a loss does not stay finite.
pub fn train(digits: &[Digit]) -> Result<Trained, Failed> {
    let (mut gan, mut order, mut batch) = (Gan::new(0), Order::new(digits.len())?, Vec::new());
    let same = noise(36, Key::new(9));
    let (mut losses, mut shown) = (Vec::new(), vec![gan.drawn(&same)]);
    for epoch in 1..=EPOCHS {
        let key = Key::new(11).child(epoch);
        order.shuffle(key);
        let (mut sum, mut steps) = ([0.0; 2], 0.0);
        for (i, rows) in order.batches(BATCH)?.enumerate() {
            batch.clear();
            batch.extend(rows.iter().map(|row| digits[*row as usize]));
            let loss = gan.step(&batch, key.child(i as u64))?;
            sum.iter_mut().zip(loss).for_each(|(sum, loss)| *sum += loss);
            steps += 1.0;
        }
        losses.push(sum.map(|sum| sum / steps));
        if SHOWN.contains(&epoch) {
            shown.push(gan.drawn(&same));
        }
    }
    Ok(Trained { gan, losses, shown })
}

/// The mean distance of each of these digits to the nearest of the others.
fn distance_to_nearest(digits: &[Digit], others: &[Digit]) -> f64 {
    let squared = |a: &Digit, b: &Digit| a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>();
    let nearest = |digit| others.iter().map(|other| squared(digit, other)).fold(f64::INFINITY, f64::min).sqrt();
    digits.iter().map(nearest).sum::<f64>() / digits.len() as f64
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let digits = mnist::embedded()?;
    let (real_digits, test_digits) = (pixels(digits.train.samples()), pixels(digits.test.samples()));
    let Trained { gan, losses, shown } = train(&real_digits)?;
    let reader = reader(&digits.train)?;
    let drawn = gan.drawn(&noise(300, Key::new(10)));
    let found = kinds(&reader, &drawn);
    let mean = |losses: &[[f64; 2]]| losses.iter().map(|[judge, _]| judge).sum::<f64>() / losses.len() as f64;
    let (early, late) = (mean(&losses[9..14]), mean(&losses[losses.len() - 5..]));
    // Half of what it sees is real: −½·ln p for 0.9 of those and −½·ln(1 − p) else, at its best p of 0.45.
    let real = 0.5 * f64::from(REAL);
    let guessing = -(real * real.ln() + (1.0 - real) * (1.0 - real).ln());
    let copies = distance_to_nearest(&drawn[..50], &real_digits);
    let usual = distance_to_nearest(&test_digits[..50], &real_digits);
    say!(notes, "among 300 drawn digits a reader finds {found} of ten");
    say!(
        notes,
        "the judge's loss is {early:.3} after ten epochs and {late:.3} in the end; guessing costs {guessing:.3}"
    );
    say!(notes, "a drawn digit is {copies:.1} from the nearest real one, a test digit {usual:.1}");

    let sheets = shown.iter().zip(SHOWN).map(|(digits, epoch)| {
        let title = match epoch {
            0 => "before the first step".to_owned(),
            1 => "after 1 epoch".to_owned(),
            n => format!("after {n} epochs"),
        };
        Chart::image(title, 6 * 28, &sheet(digits, 6), Shades::Ink)
    });
    let loss = |which: usize| numbered(losses.iter().map(move |losses| losses[which]));
    let curves = Chart::new("loss of each network", "epoch", "binary cross-entropy")
        .from_zero()
        .whole_x()
        .line("judge", loss(0))
        .line("generator", loss(1));
    let figure = Figure::new("What 36 points of noise become", 3, sheets.chain([curves]))
        .panel(360, 400)
        .note("The generator never sees a digit: all that it learns comes through the judge's input gradient.");
    notes.claim(
        Claims::new()
            .hold(found >= 8, "a reader that was trained on real digits finds at least 8 of the ten", found)
            .hold(
                late > early && late > 0.9 * guessing,
                "in the end the judge is not much better than guessing, which it was before",
                format!("its loss is {early:.3}, then {late:.3}; guessing costs {guessing:.3}"),
            )
            .hold(
                copies > 0.5 * usual,
                "what is drawn is no copy of a training digit",
                format!("{copies:.1} from the nearest, where a test digit is {usual:.1} from it"),
            ),
    );
    notes.draw("gan", &figure)
}
