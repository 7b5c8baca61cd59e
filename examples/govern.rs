//! Answers for a network that reads digits: a manifest from which the run is repeated to the bit, a model card, a guard
//! that hands unsure cases to a human, drift, and what in a digit a decision hangs on (lecture section 11).
//!
//! ```text
//! cargo run --release --example govern
//! ```
//!
//! It writes `manifest.json`, `model-card.md`, `guard.json`, `guard.svg`, `monitor.json`, `drift.json` and `saliency.svg`
//! to `target/govern`.

use std::error::Error;
use std::path::Path;

use typednet::data::mnist;
use typednet::govern::{
    Curve, Decision, DriftMonitor, Guard, Manifest, ModelCard, Reason, SaliencyPanel, Scores, Shift, Temperature, Wish,
    integrated_gradients, saliency_svg,
};
use typednet::loss::CrossEntropy;
use typednet::prelude::*;

network! {
    /// Handwritten digits: 28×28 pixels in, one probability for each of ten classes out.
    pub struct Digits: 784 => hidden: Dense<128, Relu> => Dense<64, Relu> => head: Dense<10, Softmax> -> 10
}

/// Digits as bytes, with what they are.
pub type Images = Dataset<mnist::Image, mnist::Label>;

/// Trains what the four numbers say, and writes down what the bits follow from.
fn run(
    seed: u64,
    rate: f64,
    batch: usize,
    epochs: usize,
    parts: [(&str, &Images); 3],
) -> Result<(Manifest, Model<Digits>), Box<dyn Error>> {
    let mut trainer = Trainer::new(Digits::seeded(seed), CrossEntropy, Adam::new(rate))
        .seed(seed)
        .batch(batch)
        .epochs(epochs)
        .progress(Progress::None);
    let mut manifest = Manifest::of("handwritten digits", &trainer).setting("learning rate", rate);
    for (part, data) in parts {
        manifest = manifest.data(part, data);
    }
    trainer.fit(parts[0].1)?;
    Ok((manifest.finished(&trainer), trainer.into_model()))
}

/// A run, and the same run again from nothing but its file.
pub struct Repeated {
    /// What the file says.
    pub was: Manifest,
    /// What the second run says.
    pub again: Manifest,
    /// What was trained.
    pub model: Model<Digits>,
}

/// Trains so many epochs, writes the manifest to a file, and trains again from that file.
///
/// # Errors
/// If a loss does not stay finite or the file cannot be written.
pub fn repeat(file: &Path, epochs: usize, parts: [(&str, &Images); 3]) -> Result<Repeated, Box<dyn Error>> {
    let (manifest, model) = run(3, 0.001, 64, epochs, parts)?;
    let test = Scores::of(&*model, parts[2].1)?;
    manifest.result("test accuracy", test.confusion().accuracy().unwrap_or(0.0)).write(file)?;
    let was = Manifest::read(file)?;
    let whole = |name| was.integer(name).map(|number| number as usize);
    let (again, _) = run(was.seed(), was.number("learning rate")?, whole("batch size")?, whole("epochs")?, parts)?;
    Ok(Repeated { was, again, model })
}

/// The second run has the same bits.
///
/// # Errors
/// What differs.
pub fn check(repeated: &Repeated) -> Result<(), Box<dyn Error>> {
    Ok(repeated.was.verify(&repeated.again)?)
}

/// Digits to train on, to choose by and to test on.
///
/// # Errors
/// If the embedded digits are damaged.
pub fn parts() -> Result<[Images; 3], Box<dyn Error>> {
    let digits = mnist::embedded()?;
    let [train, validation] = digits.train.split_stratified([0.8, 0.2], Key::new(11))?;
    Ok([train, validation, digits.test])
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("target/govern");
    let [train, validation, test_images] = parts()?;
    let parts = [("training", &train), ("validation", &validation), ("test", &test_images)];

    let repeated = repeat(&folder.join("manifest.json"), 12, parts)?;
    check(&repeated)?;
    let Repeated { was: manifest, model, .. } = repeated;
    println!("Trained twice from one manifest: the weights are the same to the bit,");
    println!("SHA-256 {}.\n", manifest.final_weights_hash().unwrap_or_default());

    // Probabilities that can be believed, and a human for the rest.
    let test = Scores::of(&*model, &test_images)?;
    let guard = guard(folder, &model, &train, &validation, &test)?;

    drift(folder, &model, &train, &validation, &test_images)?;
    saliency(folder, &model, guard, &test_images)?;

    ModelCard::new(&manifest)
        .purpose("Shows how a small network that reads digits is answered for.")
        .not_for("Reading amounts, addresses or anything else that somebody relies on.")
        .data_origin(
            "10,000 digits of MNIST's training set, written by employees of the US Census Bureau and by high school \
             students before 1995, centred and scaled to 28×28 pixels. Other hands, pens and countries are missing.",
        )
        .evaluation(&test, &mnist::DIGITS, Temperature::fit(&Scores::of(&*model, &validation)?)?)
        .guard(&Guard::read(folder.join("guard.json"), &*model)?)
        .limit("Reads one centred digit, white on black. Shifted by three pixels, far fewer are right.")
        .limit("Has no class for what is no digit.")
        .risk("A digit of an unusual hand is taken for another one with confidence: keep the guard, and measure again.")
        .oversight(
            "Somebody who sees the image decides what the guard hands over, and looks at the drift report weekly.",
        )
        .contact("The maintainers of typednet, in its repository.")
        .write(folder.join("model-card.md"))?;
    println!("Files in {}: the manifest, the model card, the guard, the monitor, and pictures.", folder.display());
    Ok(())
}

/// Fits a guard, says what it does to test digits, and draws its curve.
fn guard(
    folder: &Path,
    model: &Digits,
    train: &Images,
    validation: &Images,
    test: &Scores<10>,
) -> Result<Guard<Digits, 10>, Box<dyn Error>> {
    let guard = Guard::fit(model, train, validation, Wish::Accuracy(0.995))?;
    guard.write(folder.join("guard.json"))?;
    let temperature = guard.temperature();
    println!(
        "Calibration error on test digits: {:.2} % as trained, {:.2} % at temperature {temperature:.2}.",
        100.0 * test.calibration_error(1.0),
        100.0 * test.calibration_error(temperature)
    );
    println!("The guard {guard}.");
    let (decided, right) = test
        .decisions(temperature)
        .filter(|(confidence, _)| *confidence >= guard.threshold())
        .fold((0, 0), |(decided, right), (_, is_right)| (decided + 1, right + usize::from(is_right)));
    println!("Of {} test digits it decides {decided}, and {right} of them right.\n", test.len());
    let curve = Curve::of(&Scores::of(model, validation)?, Temperature::new(temperature)?);
    curve.write_svg(Some(&guard.chosen()), folder.join("guard.svg"))?;
    Ok(guard)
}

/// Checks the test digits as they are, shifted, inverted and noisy.
fn drift(
    folder: &Path,
    model: &Digits,
    train: &Images,
    validation: &Images,
    test: &Images,
) -> Result<(), Box<dyn Error>> {
    let monitor = DriftMonitor::fit(model, train, validation)?
        .named((0..784).map(|pixel| format!("row {}, column {}", pixel / 28, pixel % 28)));
    monitor.write(folder.join("monitor.json"))?;
    let changed = |change: &dyn Fn(usize, &mnist::Image) -> mnist::Image| -> Result<Images, Box<dyn Error>> {
        let samples: Vec<_> = test.samples().iter().enumerate().map(|(row, image)| change(row, image)).collect();
        Ok(Dataset::new(samples, test.targets())?)
    };
    let shifted = changed(&|_, image| std::array::from_fn(|i| if i % 28 >= 3 { image[i - 3] } else { 0 }))?;
    let inverted = changed(&|_, image| image.map(|pixel| 255 - pixel))?;
    let noisy = changed(&|row, image| {
        let key = Key::new(row as u64);
        std::array::from_fn(|i| image[i].saturating_add(key.below(i as u64, 80) as u8))
    })?;
    println!("test digits    accuracy  pixels with a shift  classes   confidence");
    for (name, data) in [("as they are", test), ("shifted by 3", &shifted), ("noisy", &noisy), ("inverted", &inverted)]
    {
        let report = monitor.check(model, data)?;
        let accuracy = Scores::of(model, data)?.confusion().accuracy().unwrap_or(0.0);
        let classes = report.predictions.as_ref().map_or(Shift::None, |predictions| predictions.shift);
        let confidence = report.predictions.as_ref().map_or(Shift::None, |predictions| predictions.confidence.shift);
        println!("{name:<13}  {:>6.1} %  {:>19}  {classes:<8}  {confidence}", 100.0 * accuracy, report.drifted().len());
        if name == "shifted by 3" {
            report.write(folder.join("drift.json"))?;
        }
    }
    println!();
    Ok(())
}

/// Draws what the decisions hang on: three digits that the guard decides and three that it hands over.
fn saliency(folder: &Path, model: &Digits, mut guard: Guard<Digits, 10>, test: &Images) -> Result<(), Box<dyn Error>> {
    let (mut decided, mut handed) = (Vec::new(), Vec::new());
    for (image, truth) in test {
        let x: [f32; 784] = image.map(|pixel| f32::from(pixel) / 255.0);
        match guard.decide(model, &x) {
            Decision::Decided(class, confidence) if decided.len() < 3 => {
                let title = format!("{truth} as {class}, {:.1} %", 100.0 * confidence);
                decided.push((title, x, integrated_gradients(model, &x, &[0.0; 784], class, 32)?));
            }
            Decision::HandOver { reason: Reason::Unsure { class, confidence, .. } } if handed.len() < 3 => {
                let title = format!("{truth} as {class}, {:.1} %: human", 100.0 * confidence);
                handed.push((title, x, integrated_gradients(model, &x, &[0.0; 784], class, 32)?));
            }
            _ => {}
        }
    }
    let panels = decided.iter().chain(&handed);
    let panels: Vec<_> =
        panels.map(|(title, image, attribution)| SaliencyPanel { title, image, attribution }).collect();
    std::fs::write(folder.join("saliency.svg"), saliency_svg(&panels, 28, 28)?)?;
    Ok(())
}
