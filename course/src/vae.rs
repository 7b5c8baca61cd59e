//! A variational autoencoder on digits: an encoder says where in a plane a digit lies and how surely, a decoder draws what
//! lies there, and both learn by one gradient that goes through the sample between them.
//!
//! ```text
//! cargo run --release -p typednet-course --example vae
//! ```

use typednet::data::{Order, mnist};
use typednet::layers::{Gaussian, Trace, WorkspaceSize, pass};
use typednet::loss::{BinaryCrossEntropy, LossFor};
use typednet::prelude::*;
use typednet::tensor::{flat, flat_mut, rows, rows_mut};
use typednet_plot::{Chart, Figure, Shades, numbered};

use crate::drawn::{Digit, kinds, pixels, reader, sheet};
use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: generative models.
pub const LESSON: Lesson =
    Lesson { name: "vae", title: "A plane of digits", section: "Generative models", run: lesson };

network! {
    /// A digit in, the mean and the logarithm of the variance of its place in the plane out.
    pub struct Encoder: 784 => Dense<256, Relu> => Dense<64, Relu> => Dense<4> -> 4
}

network! {
    /// A place in the plane in, a digit out.
    pub struct Decoder: 2 => Dense<64, Relu> => Dense<256, Relu> => Dense<784, Sigmoid> -> 784
}

type Place = [f32; 2];

const BATCH: usize = 64;
/// How often the training walks over the digits.
const EPOCHS: usize = 30;

/// Both networks, each with its optimiser, and the memory between them.
pub struct Vae {
    encoder: Trainer<Encoder, SquaredError, Adam>,
    decoder: Trainer<Decoder, BinaryCrossEntropy, Adam>,
    saved: Vec<f32>,
}

/// The two terms of the loss for one digit, in natural units of information.
#[derive(Clone, Copy, Debug, Default)]
pub struct Loss {
    /// What it costs to say the pixels, given the place.
    pub reconstruction: f64,
    /// What it costs to say the place.
    pub divergence: f64,
}

impl Loss {
    /// The bound on what it costs to say the digit.
    pub fn whole(self) -> f64 {
        self.reconstruction + self.divergence
    }
}

impl Vae {
    /// Nothing learnt.
    pub fn new(seed: u64) -> Self {
        let saved = WorkspaceSize::of(Gaussian::<Place>::SAVED, BATCH);
        Self {
            encoder: Trainer::new(Encoder::seeded(seed), SquaredError::Mean, Adam::new(0.001)).seed(seed).quiet(),
            decoder: Trainer::new(Decoder::seeded(seed + 1), BinaryCrossEntropy, Adam::new(0.001)).seed(seed).quiet(),
            saved: vec![0.0; saved],
        }
    }

    /// One step on these digits: the loss of one of them in the mean.
    ///
    /// # Errors
    /// If the loss does not stay finite.
    pub fn step(&mut self, x: &[Digit]) -> Result<Loss, Failed> {
        let Self { encoder, decoder, saved } = self;
        let (n, sampler) = (x.len(), Gaussian::<Place>::new());
        let (mut z, mut dz) = (vec![[0.0; 2]; n], vec![[0.0; 2]; n]);
        let (mut loss, mut decoded) = (Loss::default(), Ok(0.0));
        encoder.step_with(n, |step| {
            let memory = step.memory.grow(pass::training_need::<Encoder>().of(n));
            let upstream = |told: &[[f32; 4]], d_told: &mut [[f32; 4]]| {
                let (told, d_told) = (rows::<[Place; 2]>(flat(told)), rows_mut::<[Place; 2]>(flat_mut(d_told)));
                sampler.forward(told, &mut z, saved, &mut [], step.run);
                // The loss is a mean over pixels: it becomes a sum, as the divergence is one.
                decoded = decoder.step_with(n, |inner| {
                    let memory = inner.memory.grow(pass::training_need::<Decoder>().of(n));
                    let of_pixels = |logits: &[Digit], d: &mut [Digit]| {
                        LossFor::<Sigmoid, Digit>::gradient(&BinaryCrossEntropy, logits, x, d, inner.run.parallel())
                            / n as f64
                    };
                    let run = inner.run.stop_at_logits(true);
                    pass::vjp(inner.model, &z, of_pixels, inner.gradient, Some(&mut dz), memory, run).0
                });
                sampler.backward(
                    Trace { x: told, y: &z, saved },
                    &mut dz,
                    Some(&mut *d_told),
                    &mut Gaussian::new(),
                    &mut [],
                    step.run,
                );
                let weight = 1.0 / (Digit::LEN * n) as f64;
                loss.divergence = Gaussian::divergence(told, weight, d_told) / n as f64;
            };
            pass::vjp(step.model, x, upstream, step.gradient, None, memory, step.run);
            loss.divergence / Digit::LEN as f64 + *decoded.as_ref().unwrap_or(&f64::NAN)
        })?;
        Ok(Loss { reconstruction: decoded? * Digit::LEN as f64, ..loss })
    }

    /// The loss of one digit in the mean, each at the middle of its place.
    pub fn loss(&self, x: &[Digit]) -> Loss {
        let told = self.encoder.model().predict_many(x);
        let told: &[[Place; 2]] = rows(flat(&told));
        let places: Vec<Place> = told.iter().map(|[mean, _]| *mean).collect();
        let drawn = self.decoder.model().predict_many(&places);
        let cost = |(x, p): (&f32, &f32)| {
            let (x, p) = (f64::from(*x), f64::from(*p).clamp(1e-7, 1.0 - 1e-7));
            -(x * p.ln() + (1.0 - x) * (1.0 - p).ln())
        };
        let all: f64 = flat(x).iter().zip(flat(&drawn)).map(cost).sum();
        let divergence = Gaussian::divergence(told, 0.0, &mut vec![[[0.0; 2]; 2]; x.len()]);
        Loss { reconstruction: all / x.len() as f64, divergence: divergence / x.len() as f64 }
    }

    /// Where in the plane these digits lie.
    pub fn places(&self, x: &[Digit]) -> Vec<Place> {
        self.encoder.model().predict_many(x).iter().map(|[x, y, ..]| [*x, *y]).collect()
    }

    /// What lies at these places.
    pub fn drawn(&self, places: &[Place]) -> Vec<Digit> {
        self.decoder.model().predict_many(places)
    }
}

/// Trains for some epochs; after each the loss of the training and of the test digits.
///
/// # Errors
/// If the loss does not stay finite.
pub fn train(digits: &[Digit], test: &[Digit], epochs: usize) -> Result<(Vae, Vec<[Loss; 2]>), Failed> {
    let (mut vae, mut order, mut batch) = (Vae::new(0), Order::new(digits.len())?, Vec::new());
    let mut losses = Vec::new();
    for epoch in 0..epochs as u64 {
        order.shuffle(Key::new(7).child(epoch));
        let (mut sum, mut seen) = (Loss::default(), 0.0);
        for rows in order.batches(BATCH)? {
            batch.clear();
            batch.extend(rows.iter().map(|row| digits[*row as usize]));
            let loss = vae.step(&batch)?;
            let n = rows.len() as f64;
            sum.reconstruction += n * loss.reconstruction;
            sum.divergence += n * loss.divergence;
            seen += n;
        }
        let mean = Loss { reconstruction: sum.reconstruction / seen, divergence: sum.divergence / seen };
        losses.push([mean, vae.loss(test)]);
    }
    Ok((vae, losses))
}

/// Places in rows and columns, at equal shares of the normal distribution, so that each is as likely.
pub fn plane(side: usize) -> Vec<Place> {
    let at = |i: usize| 2.2 * (2.0 * (i as f32 + 0.5) / side as f32 - 1.0);
    (0..side * side).map(|i| [at(i % side), -at(i / side)]).collect()
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let digits = mnist::embedded()?;
    let (train_x, test_x) = (&pixels(digits.train.samples()), &pixels(digits.test.samples()));
    let (vae, losses) = train(train_x, test_x, EPOCHS)?;
    let reader = reader(&digits.train)?;

    // What a decoder could do that knows no place: the mean of all digits.
    let mut mean = [0.0_f32; 784];
    for digit in train_x {
        mean.iter_mut().zip(digit).for_each(|(mean, x)| *mean += x / train_x.len() as f32);
    }
    let cost = |x: &Digit| -> f64 {
        let of = |(x, p): (&f32, &f32)| {
            let (x, p) = (f64::from(*x), f64::from(*p).clamp(1e-4, 1.0 - 1e-4));
            -(x * p.ln() + (1.0 - x) * (1.0 - p).ln())
        };
        x.iter().zip(&mean).map(of).sum()
    };
    let of_mean = test_x.iter().map(cost).sum::<f64>() / test_x.len() as f64;

    let last = losses.last().map_or(Loss::default(), |losses| losses[1]);
    let (places, walk) = (plane(14), vae.drawn(&plane(14)));
    let random: Vec<Place> = (0..196).map(|i| [0, 1].map(|axis| Key::new(3).child(axis).normal(i))).collect();
    let samples = vae.drawn(&random);
    let (on_plane, at_random) = (kinds(&reader, &walk), kinds(&reader, &samples));
    say!(
        notes,
        "the test digits cost {:.1} + {:.1} nats, the mean of all digits {of_mean:.1}",
        last.reconstruction,
        last.divergence
    );
    say!(
        notes,
        "{} places of the plane show {on_plane} of the ten digits, as many random ones {at_random}",
        places.len()
    );

    let loss = |which: usize| numbered(losses.iter().map(move |losses| losses[which].whole()));
    let of_divergence = numbered(losses.iter().map(|losses| losses[1].divergence));
    let curves = Chart::new("what a digit costs, in nats", "epoch", "")
        .from_zero()
        .whole_x()
        .line("training", loss(0))
        .line("test", loss(1))
        .line("of which its place", of_divergence);
    let lie = vae.places(&test_x[..250]);
    let by_class = lie.iter().zip(digits.test.targets()).fold(
        Chart::new("where 250 test digits lie", "z₁", "z₂").x_range(-3.5, 3.5).y_range(-3.5, 3.5),
        |chart, ([x, y], class)| chart.text(class.index().to_string(), f64::from(*x), f64::from(*y)),
    );
    let figure = Figure::new(
        "A variational autoencoder on 8,000 digits",
        2,
        [
            curves,
            by_class,
            Chart::image("a walk through the plane", 14 * 28, &sheet(&walk, 14), Shades::Ink),
            Chart::image("196 random samples", 14 * 28, &sheet(&samples, 14), Shades::Ink),
        ],
    )
    .panel(460, 460)
    .note("Neighbours in the plane look alike, and nearly everywhere between −2.2 and 2.2 lies a digit: the decoder has learnt from samples around each place.");
    notes.claim(
        Claims::new()
            .hold(
                last.whole() < 0.85 * of_mean,
                "two numbers say more than a sixth of what the mean of all digits does not, at the price of their own",
                format!("{:.1} nats against {of_mean:.1}", last.whole()),
            )
            .hold(
                last.divergence > 3.0,
                "the place says something of the digit",
                format!("{:.1} nats", last.divergence),
            )
            .hold(
                on_plane >= 8 && at_random >= 7,
                "a reader that was trained on real digits finds at least 8 of the ten on the plane and 7 among random samples",
                format!("{on_plane} and {at_random}"),
            ),
    );
    notes.draw("vae", &figure)
}
