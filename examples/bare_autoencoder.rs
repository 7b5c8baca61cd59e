//! Trains an autoencoder of the shape of `MLPerf` Tiny's, on spectra that it makes itself, and writes what a program without std needs to
//! use it.
//!
//! `cargo run --release --features exchange --example bare_autoencoder FOLDER` writes `autoencoder_int8.safetensors`, `sounds.bin` (inputs
//! as `f32`, their bytes from the lowest; every second one has something in it that training did not show), `restored.bin` (what the network
//! of bytes gives for them) and `errors.bin` (how far that is from the inputs). The program in `deploy/cortex-m` embeds the first two,
//! and `cargo xtask check cortex` compares what it gives with the others.
//!
//! The spectra are no recordings, and none of `MLPerf`'s: see [`spectrum`].

use std::error::Error;
use std::path::PathBuf;

use typednet::optim::schedule::Cosine;
use typednet::prelude::*;
use typednet::tensor::flat;
use typednet::train::roc_auc;

network! {
    /// It gives back what it is used to: the distance from that is how unusual a sound is.
    pub struct Autoencoder: 640
        => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<8, Relu>
        => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<128, Relu> => Dense<640> -> 640
}

/// Five frames of 128 bands.
type Sound = [f32; 640];

/// How many the device is given.
const SOUNDS: usize = 4;

/// What must be told apart at least: the area under the ROC curve of the errors.
const LEAST_AREA: f64 = 0.95;

const EPOCHS: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).ok_or("usage: bare_autoencoder FOLDER")?;
    let sounds = |seed, count, is_unusual: fn(u64) -> bool| -> Vec<Sound> {
        (0..count).map(|i| spectrum(Key::new(seed).child(i), is_unusual(i))).collect()
    };
    let normal = sounds(0, 2000, |_| false);
    let mut trainer = Trainer::new(Autoencoder::seeded(0), SquaredError::Mean, Adam::new(1e-3))
        .batch(32)
        .epochs(EPOCHS)
        .schedule_by_epoch(Cosine::new(EPOCHS as u64))
        .quiet();
    trainer.fit(&Dataset::new(normal.clone(), normal.clone())?)?;
    let model = trainer.model();
    let form = model.to_int8(&normal[..500]);

    // Sounds that were not trained with; every second one is unusual.
    let tests = sounds(1, 400, |i| i % 2 == 1);
    let area = |outputs: &[Sound]| {
        let scores = tests.iter().zip(outputs).enumerate().map(|(i, (x, y))| (f64::from(error(x, y)), i % 2 == 1));
        roc_auc(scores).ok_or("an error is not a number")
    };
    for (name, area) in [("f32", area(&model.predict_many(&tests))?), ("int8", area(&form.predict_many(&tests))?)] {
        println!(
            "   {name}: the area under the ROC curve is {area:.4} for {} sounds, half of them unusual",
            tests.len()
        );
        if area < LEAST_AREA {
            return Err(format!("{name}: that is less than {LEAST_AREA}").into());
        }
    }

    let outputs: Vec<Sound> = tests[..SOUNDS].iter().map(|x| form.predict(x)).collect();
    let errors: Vec<f32> = tests.iter().zip(&outputs).map(|(x, y)| error(x, y)).collect();
    let bytes = |x: &[f32]| x.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    form.save(folder.join("autoencoder_int8.safetensors"))?;
    typednet::formats::write(folder.join("sounds.bin"), bytes(flat(&tests[..SOUNDS])))?;
    typednet::formats::write(folder.join("errors.bin"), bytes(&errors))?;
    typednet::formats::write(folder.join("restored.bin"), bytes(flat(&outputs)))?;
    Ok(())
}

/// The logarithm of a spectrum in five frames of 128 bands, over bands b and frames t:
/// ½·ln(0.02 + Σᵣ gᵣ·exp(−(b − μᵣ)²/2σᵣ²)·(1 + 0.2·sin(ω·t + φ + r))) + noise of deviation 0.1.
///
/// Six resonances r of a machine, whose places μᵣ and widths σᵣ are fixed; their levels gᵣ follow from its load and its speed, which are
/// drawn, as are the beat ω and its phase φ. A sound that is unusual has a seventh of a level between 0.2 and 0.5, anywhere.
fn spectrum(key: Key, is_unusual: bool) -> Sound {
    const RESONANCES: [(f32, f32); 6] = [(9.0, 3.0), (24.0, 4.0), (41.0, 3.0), (63.0, 6.0), (88.0, 5.0), (111.0, 7.0)];
    let draw = |n| key.uniform::<f32>(n);
    let (load, speed, beat, phase) = (draw(0), draw(1), 0.5 + draw(2), std::f32::consts::TAU * draw(3));
    let further = is_unusual.then(|| (128.0 * draw(4), 3.0 + 3.0 * draw(5), 0.2 + 0.3 * draw(6)));
    std::array::from_fn(|i| {
        let (time, band) = ((i / 128) as f32, (i % 128) as f32);
        let at = |place: f32, width: f32| (-0.5 * ((band - place) / width).powi(2)).exp();
        let own = RESONANCES.iter().enumerate().map(|(r, (place, width))| {
            let r = r as f32;
            let level = 0.2 + 0.8 * if r % 2.0 == 0.0 { load } else { speed } / (1.0 + 0.3 * r);
            level * at(*place, *width) * (1.0 + 0.2 * (beat * time + phase + r).sin())
        });
        let energy = 0.02 + own.sum::<f32>() + further.map_or(0.0, |(place, width, level)| level * at(place, width));
        0.5 * energy.ln() + 0.1 * key.child(7).normal::<f32>(i as u64)
    })
}

/// The mean of the squared differences, added in order, as the device does.
fn error(x: &Sound, y: &Sound) -> f32 {
    x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum::<f32>() / x.len() as f32
}
