//! A denoising autoencoder: a network that is given digits under noise and asked for the digits keeps what makes a digit in 32
//! numbers (Vincent et al. 2008).
//!
//! ```text
//! cargo run --release -p typednet-course --example denoising
//! ```

use typednet::data::mnist;
use typednet::prelude::*;
use typednet::tensor::{Parallel, flat, flat_mut, noise};
use typednet_plot::{Chart, Figure, Shades, numbered};

use crate::drawn::{Digit, pixels, reader, sheet};
use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: generative models.
pub const LESSON: Lesson =
    Lesson { name: "denoising", title: "Digits out of noise", section: "Generative models", run: lesson };

network! {
    /// A digit in, 32 numbers out.
    pub struct Encoder: [28, 28, 1]
        => Conv2d<8, 3, Relu, stride = 2, pad = 1> => Conv2d<16, 3, Relu, stride = 2, pad = 1>
        => Flatten => Dense<32, Relu> -> 32
}

network! {
    /// 32 numbers in, a digit out: the encoder's way back.
    pub struct Decoder: 32
        => Dense<784, Relu> => Reshape<[7, 7, 16]>
        => ConvTranspose2d<8, 3, Relu, stride = 2, pad = 1, output_pad = 1>
        => ConvTranspose2d<1, 3, Sigmoid, stride = 2, pad = 1, output_pad = 1> -> [28, 28, 1]
}

network! {
    /// A digit in, a digit out, with noise over it while it learns.
    pub struct Denoiser: [28, 28, 1] => Noise<0.5> => encoder: Encoder => decoder: Decoder -> [28, 28, 1]
}

type Picture = Image<28, 28, 1, f32>;

fn pictures(digits: &[Digit]) -> Vec<Picture> {
    typednet::tensor::rows(flat(digits)).to_vec()
}

fn squared_error(a: &[Picture], b: &[Picture]) -> f64 {
    let all = flat(a).iter().zip(flat(b)).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>();
    all / flat(a).len() as f64
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let digits = mnist::embedded()?;
    let (train, test) = (pixels(digits.train.samples()), pixels(digits.test.samples()));
    let (train, clean) = (pictures(&train), pictures(&test));
    let data = Dataset::new(train.clone(), train)?;
    let mut trainer = Trainer::new(Denoiser::seeded(0), SquaredError::Mean, Adam::new(0.002)).epochs(15).quiet();
    let history = trainer.fit(&data)?;

    let mut noisy = clean.clone();
    noise::add_normal(Key::new(5), 0.5, flat_mut(&mut noisy), Parallel::SERIAL);
    let denoised = trainer.model().predict_many(&noisy);
    let (before, after) = (squared_error(&noisy, &clean), squared_error(&denoised, &clean));
    let reader = reader(&digits.train)?;
    let read = |pictures: &[Picture]| {
        let digits_of: &[Digit] = typednet::tensor::rows(flat(pictures));
        let outputs = reader.model().predict_many(digits_of);
        let right =
            outputs.iter().zip(digits.test.targets()).filter(|(output, class)| class.is_largest(output)).count();
        right as f64 / outputs.len() as f64
    };
    let shares = [&clean, &noisy, &denoised].map(|pictures| read(pictures));
    say!(notes, "{}", Denoiser::summary());
    say!(notes, "mean squared error {before:.4} with the noise, {after:.4} without");
    say!(
        notes,
        "read rightly: {:.1} % clean, {:.1} % noisy, {:.1} % denoised",
        100.0 * shares[0],
        100.0 * shares[1],
        100.0 * shares[2]
    );

    let shown = |title: &str, pictures: &[Picture]| {
        let digits: &[Digit] = typednet::tensor::rows(flat(&pictures[..36]));
        let values: Vec<f64> = sheet(digits, 6).iter().map(|x| x.clamp(0.0, 1.0)).collect();
        Chart::image(title, 6 * 28, &values, Shades::Ink)
    };
    let losses = numbered(history.records().iter().map(|record| record.training.loss));
    let figure = Figure::new(
        "A denoising autoencoder on test digits that it never saw",
        2,
        [
            shown("what it is given", &noisy),
            shown("what it gives", &denoised),
            shown("what was under the noise", &clean),
            Chart::new("training loss", "epoch", "mean squared error").from_zero().whole_x().line("loss", losses),
        ],
    )
    .panel(400, 420)
    .note("All that passes from left to right are 32 numbers of each digit.");
    notes.claim(
        Claims::new()
            .hold(
                after < 0.15 * before,
                "it takes away at least 85 % of the squared noise of digits that it never saw",
                format!("{before:.4} becomes {after:.4}"),
            )
            .hold(
                shares[2] > shares[1] + 0.05,
                "a reader of clean digits reads more of them than under the noise",
                format!("{:.1} % instead of {:.1} %", 100.0 * shares[2], 100.0 * shares[1]),
            ),
    );
    notes.draw("denoising", &figure)
}
