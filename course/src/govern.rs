//! Answers for a network that reads digits: a manifest from which the run is repeated to the bit, a model card, a guard
//! that hands unsure cases to a human, drift, and what in a digit a decision hangs on (lecture section 11).
//!
//! ```text
//! cargo run --release -p typednet-course --example govern
//! ```
//!
//! It writes `manifest.json`, `model-card.md`, `guard.json`, `guard.svg`, `monitor.json`, `drift.json` and `saliency.svg`
//! to `target/govern`.

use std::path::Path;

use typednet::data::mnist;
use typednet::govern::{
    Curve, Decision, DriftMonitor, Guard, Manifest, ModelCard, Reason, SaliencyPanel, Scores, Shift, Target,
    Temperature, integrated_gradients, saliency_svg,
};
use typednet::loss::CrossEntropy;
use typednet::prelude::*;

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: Section 11 of the lectures.
pub const LESSON: Lesson =
    Lesson { name: "govern", title: "Everything that answers for a model", section: "11. Governance", run: lesson };

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
) -> Result<(Manifest, Model<Digits>), Failed> {
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
pub fn repeat(file: &Path, epochs: usize, parts: [(&str, &Images); 3]) -> Result<Repeated, Failed> {
    let (manifest, model) = run(3, 0.001, 64, epochs, parts)?;
    let test = Scores::of(&*model, parts[2].1)?;
    manifest.result("test accuracy", test.confusion().accuracy().unwrap_or(0.0)).write(file)?;
    let was = Manifest::read(file)?;
    let whole = |name| was.integer(name).map(|number| number as usize);
    let (again, _) = run(was.seed(), was.number("learning rate")?, whole("batch size")?, whole("epochs")?, parts)?;
    Ok(Repeated { was, again, model })
}

/// The second run has the same bits.
pub fn check(repeated: &Repeated) -> Claims {
    let verified = repeated.was.verify(&repeated.again);
    let hash = repeated.was.final_weights_hash().unwrap_or_default();
    let found = verified.as_ref().map_or_else(ToString::to_string, |()| format!("SHA-256 {hash}"));
    Claims::new().hold(
        verified.is_ok(),
        "a run that is repeated from its manifest gives the same weights to the bit",
        found,
    )
}

/// Digits to train on, to choose by and to test on.
///
/// # Errors
/// If the embedded digits are damaged.
pub fn parts() -> Result<[Images; 3], Failed> {
    let digits = mnist::embedded()?;
    let [train, validation] = digits.train.split_stratified([0.8, 0.2], Key::new(11))?;
    Ok([train, validation, digits.test])
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let folder = &notes.folder().join("govern");
    std::fs::create_dir_all(folder)?;
    let [train, validation, test_images] = parts()?;
    let parts = [("training", &train), ("validation", &validation), ("test", &test_images)];

    let repeated = repeat(&folder.join("manifest.json"), 12, parts)?;
    notes.claim(check(&repeated));
    let Repeated { was: manifest, model, .. } = repeated;
    say!(notes, "Trained twice from one manifest: the weights are the same to the bit,");
    say!(notes, "SHA-256 {}.\n", manifest.final_weights_hash().unwrap_or_default());

    // Probabilities that can be believed, and a human for the rest.
    let test = Scores::of(&*model, &test_images)?;
    let guard = guard(notes, folder, &model, [&train, &validation], &test)?;

    drift(notes, folder, &model, [&train, &validation, &test_images])?;
    saliency(notes, &model, guard, &test_images)?;

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
    say!(notes, "Files in {}: the manifest, the model card, the guard, the monitor, and pictures.", folder.display());
    Ok(())
}

/// Fits a guard, says what it does to test digits, and draws its curve.
fn guard(
    notes: &mut Notes,
    folder: &Path,
    model: &Digits,
    [train, validation]: [&Images; 2],
    test: &Scores<10>,
) -> Result<Guard<Digits, 10>, Failed> {
    let guard = Guard::fit(model, train, validation, Target::Accuracy(0.995))?;
    guard.write(folder.join("guard.json"))?;
    let temperature = guard.temperature();
    say!(
        notes,
        "Calibration error on test digits: {:.2} % as trained, {:.2} % at temperature {temperature:.2}.",
        100.0 * test.calibration_error(1.0),
        100.0 * test.calibration_error(temperature)
    );
    say!(notes, "The guard {guard}.");
    let (decided, right) = test
        .decisions(temperature)
        .filter(|(confidence, _)| *confidence >= guard.threshold())
        .fold((0, 0), |(decided, right), (_, is_right)| (decided + 1, right + usize::from(is_right)));
    say!(notes, "Of {} test digits it decides {decided}, and {right} of them right.\n", test.len());
    let curve = Curve::of(&Scores::of(model, validation)?, Temperature::new(temperature)?);
    let svg = curve.to_svg(Some(&guard.chosen()))?;
    notes.keep("govern/guard", &svg, svg.clone())?;
    let alone = test.confusion().accuracy().unwrap_or(0.0);
    let with_guard = right as f64 / decided as f64;
    notes.claim(Claims::new().hold(
        decided * 2 > test.len() && 1.0 - with_guard < 0.5 * (1.0 - alone),
        "the guard decides most test digits, and makes less than half as many mistakes as the network alone",
        format!("{decided} of {} decided, {:.2} % right, alone {:.2} %", test.len(), 100.0 * with_guard, 100.0 * alone),
    ));
    Ok(guard)
}

/// Checks the test digits as they are, shifted, inverted and noisy.
fn drift(
    notes: &mut Notes,
    folder: &Path,
    model: &Digits,
    [train, validation, test]: [&Images; 3],
) -> Result<(), Failed> {
    let mut drifted = Vec::new();
    let monitor = DriftMonitor::fit(model, train, validation)?
        .named((0..784).map(|pixel| format!("row {}, column {}", pixel / 28, pixel % 28)));
    monitor.write(folder.join("monitor.json"))?;
    let changed = |change: &dyn Fn(usize, &mnist::Image) -> mnist::Image| -> Result<Images, Failed> {
        let samples: Vec<_> = test.samples().iter().enumerate().map(|(row, image)| change(row, image)).collect();
        Ok(Dataset::new(samples, test.targets())?)
    };
    let shifted = changed(&|_, image| std::array::from_fn(|i| if i % 28 >= 3 { image[i - 3] } else { 0 }))?;
    let inverted = changed(&|_, image| image.map(|pixel| 255 - pixel))?;
    let noisy = changed(&|row, image| {
        let key = Key::new(row as u64);
        std::array::from_fn(|i| image[i].saturating_add(key.below(i as u64, 80) as u8))
    })?;
    say!(notes, "test digits    accuracy  pixels with a shift  classes   confidence");
    for (name, data) in [("as they are", test), ("shifted by 3", &shifted), ("noisy", &noisy), ("inverted", &inverted)]
    {
        let report = monitor.check(model, data)?;
        let accuracy = Scores::of(model, data)?.confusion().accuracy().unwrap_or(0.0);
        let classes = report.predictions.as_ref().map_or(Shift::None, |predictions| predictions.shift);
        let confidence = report.predictions.as_ref().map_or(Shift::None, |predictions| predictions.confidence.shift);
        say!(
            notes,
            "{name:<13}  {:>6.1} %  {:>19}  {classes:<8}  {confidence}",
            100.0 * accuracy,
            report.drifted().len()
        );
        drifted.push(report.drifted().len());
        if name == "shifted by 3" {
            report.write(folder.join("drift.json"))?;
        }
    }
    say!(notes, "");
    notes.claim(Claims::new().hold(
        drifted[1..].iter().all(|count| *count > 10 * drifted[0].max(1)),
        "the drift monitor finds digits that are shifted, noisy or inverted, and leaves the others alone",
        format!("{drifted:?} of 784 pixels"),
    ));
    Ok(())
}

/// How many pixels are taken away to see whether they count.
const TAKEN: usize = 20;

/// An image with what its pixels count for the class that was found.
struct Explained {
    title: String,
    image: [f32; 784],
    class: Class<10>,
    counts: [f32; 784],
}

/// Draws what the decisions hang on: three digits that the guard decides and three that it hands over.
fn saliency(notes: &mut Notes, model: &Digits, mut guard: Guard<Digits, 10>, test: &Images) -> Result<(), Failed> {
    let (mut decided, mut handed) = (Vec::new(), Vec::new());
    for (image, truth) in test {
        let image: [f32; 784] = image.map(|pixel| f32::from(pixel) / 255.0);
        let counts = |class| integrated_gradients(model, &image, &[0.0; 784], class, 32);
        match guard.decide(model, &image) {
            Decision::Decided(class, confidence) if decided.len() < 3 => {
                let title = format!("{truth} as {class}, {:.1} %", 100.0 * confidence);
                decided.push(Explained { title, image, class, counts: *counts(class)? });
            }
            Decision::HandOver { reason: Reason::Unsure { class, confidence, .. } } if handed.len() < 3 => {
                let title = format!("{truth} as {class}, {:.1} %: human", 100.0 * confidence);
                handed.push(Explained { title, image, class, counts: *counts(class)? });
            }
            _ => {}
        }
    }
    let all: Vec<Explained> = decided.into_iter().chain(handed).collect();
    notes.claim(check_saliency(model, &all)?);
    let panels: Vec<_> =
        all.iter().map(|it| SaliencyPanel { title: &it.title, image: &it.image, attribution: &it.counts }).collect();
    let svg = saliency_svg(&panels, 28, 28)?;
    notes.keep("govern/saliency", &svg, svg.clone())
}

/// The pixels that speak for a decision are those without which it is another: the logit falls farther than without as
/// many of the other pixels with ink.
fn check_saliency(model: &Digits, all: &[Explained]) -> Result<Claims, Failed> {
    let logit = |image: [f32; 784], class: Class<10>| -> Result<f64, Failed> {
        let scores = Scores::of(model, &Dataset::new([image], [class])?)?;
        Ok(scores.iter().next().map_or(f64::NAN, |(logits, _)| logits[class.index()]))
    };
    let (mut speaking, mut others) = (0.0, 0.0);
    for Explained { image, class, counts, .. } in all {
        let mut inked: Vec<usize> = (0..784).filter(|pixel| image[*pixel] > 0.3).collect();
        inked.sort_by(|a, b| counts[*b].total_cmp(&counts[*a]));
        let without = |pixels: &[usize]| {
            let mut image = *image;
            for pixel in pixels {
                image[*pixel] = 0.0;
            }
            logit(image, *class)
        };
        let whole = logit(*image, *class)?;
        let (most, rest) = inked.split_at(TAKEN.min(inked.len()));
        speaking += (whole - without(most)?) / all.len() as f64;
        // Every n-th of the others.
        let some: Vec<usize> = rest.iter().copied().step_by((rest.len() / TAKEN).max(1)).take(TAKEN).collect();
        others += (whole - without(&some)?) / all.len() as f64;
    }
    Ok(Claims::new().hold(
        all.len() == 6 && speaking > 3.0 * others.max(0.0) && speaking > 1.0,
        format!("without the {TAKEN} pixels that speak for it the logit of the class falls more than three times as far as without {TAKEN} others"),
        format!("by {speaking:.2} and {others:.2} on average"),
    ))
}
