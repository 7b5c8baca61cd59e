//! Malignant or benign: from a CSV file to a network that is answered for (lecture section 12, healthcare capstone).
//!
//! ```text
//! cargo run --release -p typednet-course --example breast_cancer
//! ```
//!
//! Typed rows, scaler, folds, search, early stopping, threshold, guard, drift, model card. It writes what a model needs
//! to be used and answered for, and three pictures, to `target/breast-cancer`.

mod thresholds;

use std::fs;
use std::path::Path;

use typednet::data::{Csv, DataError, Folds, Standard, TableError, tabular};
use typednet::govern::{Curve, Decision, DriftMonitor, Guard, Manifest, ModelCard, Scores, Target, Temperature};
use typednet::optim::Penalty;
use typednet::optim::schedule::Cosine;
use typednet::prelude::*;
use typednet::train::{CrossValidation, EarlyStopping, History, cross_validate, load_weights, save_weights};
use typednet::tune::{Space, Study, Tpe};

pub use thresholds::{Found, confusion, threshold};
use thresholds::{area, draw, malignant};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: Section 12 of the lectures.
pub const LESSON: Lesson =
    Lesson { name: "breast_cancer", title: "Capstone: malignant or benign", section: "12. Lab exercises", run: lesson };

network! {
    /// A tumour: 30 measures of its cell nuclei in, the probabilities of malignant and benign out.
    pub struct Tumour: 30 => hidden: Dense<16, Relu> => head: Dense<2, Softmax> -> 2
}

network! {
    /// Logistic regression, to compare with.
    pub struct Logistic: 30 => head: Dense<2, Softmax> -> 2
}

/// Tumours with their class: 0 is malignant, 1 benign.
pub type Tumours = Dataset<[f32; 30], Class<2>>;

/// The table: a line with counts, then 30 features and the class in each line.
pub const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/tabular/breast_cancer.csv");

/// The epochs of a training, over which the rate falls to 0.
const EPOCHS: usize = 40;

/// How many settings a search tries.
const TRIALS: usize = 15;

/// The share of the malignant tumours in the validation data that the threshold must find.
pub const SENSITIVITY: f64 = 0.97;

/// What a search chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The learning rate of Adam in the first epoch.
    pub rate: f64,
    /// λ of the L2 penalty.
    pub l2: f64,
    /// The samples in a step.
    pub batch: usize,
}

/// Reads the table through typed rows: 30 columns by name, and the class.
///
/// # Errors
/// If the file cannot be read, or a cell is no number or no class; with its line and column.
pub fn read(path: &str) -> Result<Tumours, Failed> {
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let (_, rows) = text.split_once('\n').ok_or(DataError::from(TableError::NoHeader))?;
    let table = Csv::new().named(tabular::BREAST_CANCER_FEATURES.into_iter().chain(["class"])).read(rows)?;
    Ok(Dataset::new(table.samples::<f32, 30>(tabular::BREAST_CANCER_FEATURES)?, table.labels::<2>("class")?)?)
}

/// The scaler of the first part, and all parts scaled by it.
fn scaled<const P: usize>(mut parts: [Tumours; P]) -> Result<(Standard<30>, [Tumours; P]), Failed> {
    let scaler = Standard::fit(parts[0].samples())?;
    for part in &mut parts {
        scaler.transform(part.samples_mut());
    }
    Ok((scaler, parts))
}

fn trainer<M>(settings: Settings, seed: u64) -> Trainer<M, CrossEntropy, Adam>
where
    M: Network<In = [f32; 30], Out = [f32; 2], Elem = f32, Head = Softmax>,
{
    Trainer::new(M::seeded(seed), CrossEntropy, Adam::new(settings.rate))
        .batch(settings.batch)
        .penalty(Penalty::l2(settings.l2))
        .schedule_by_epoch(Cosine::new(EPOCHS as u64))
        .epochs(EPOCHS)
        .seed(seed)
        .quiet()
}

/// Looks for settings by TPE. A trial's loss is the mean over three folds of `train`; no other tumours are looked at.
///
/// # Errors
/// If no trial ends well.
pub fn search<M>(train: &Tumours, seed: u64) -> Result<Settings, Failed>
where
    M: Network<In = [f32; 30], Out = [f32; 2], Elem = f32, Head = Softmax>,
{
    let mut folds = Vec::new();
    for fold in Folds::stratified(train.targets(), 3, Key::new(seed))?.iter() {
        let parts = fold.of(train)?;
        folds.push(scaled([parts.train, parts.test])?.1);
    }
    let space =
        Space::new().log_uniform("rate", 1e-3, 3e-2)?.log_uniform("l2", 1e-4, 1e-1)?.choice("batch", [16, 32, 64])?;
    let results = Study::new(space, Tpe::new()).trials(TRIALS).seed(seed).quiet().run(|trial| {
        let settings = Settings { rate: trial.get("rate")?, l2: trial.get("l2")?, batch: trial.get("batch")? };
        let mut sum = 0.0;
        for [train, test] in &folds {
            let mut trainer = trainer::<M>(settings, seed);
            trainer.fit(train)?;
            sum += trainer.evaluate(test)?.loss;
        }
        Ok(sum / folds.len() as f64)
    })?;
    let best = results.best_trial();
    Ok(Settings { rate: best.get("rate")?, l2: best.get("l2")?, batch: best.get("batch")? })
}

/// What five folds say about this way of working.
pub struct Validated {
    /// Loss and accuracy of each fold.
    pub folds: CrossValidation,
    /// What each fold's network says about its test part.
    pub found: Vec<Found>,
    /// The mean area under the ROC curves of the folds.
    pub area: f64,
}

/// Nested cross-validation: in each of five folds the search, the scaler and the weights come from the training part, and
/// the test part is looked at once.
///
/// # Errors
/// If a search or a training fails.
pub fn validate<M>(data: &Tumours, seed: u64) -> Result<Validated, Failed>
where
    M: Network<In = [f32; 30], Out = [f32; 2], Elem = f32, Head = Softmax>,
{
    let folds = Folds::stratified(data.targets(), 5, Key::new(seed))?;
    let (mut found, mut sum) = (Vec::new(), 0.0);
    let folds = cross_validate::<_, _, Failed>(data, &folds, |fold, parts| {
        let seed = seed + fold as u64;
        let settings = search::<M>(&parts.train, seed)?;
        let (_, [train, test]) = scaled([parts.train.clone(), parts.test.clone()])?;
        let mut trainer = trainer::<M>(settings, seed);
        trainer.fit(&train)?;
        found.push(malignant(&Scores::of(trainer.model(), &test)?, 1.0));
        sum += area(&found[fold])?;
        Ok(trainer.evaluate(&test)?)
    })?;
    Ok(Validated { folds, area: sum / found.len() as f64, found })
}

/// Over the five folds at least 97 % are right, and the area under the ROC curve is at least 0.99.
pub fn check(validated: &Validated) -> Claims {
    let accuracy = validated.folds.mean_accuracy().unwrap_or(0.0);
    Claims::new()
        .hold(
            accuracy >= 0.97,
            "over five folds at least 97 % are right on average",
            format!("{:.2} %", 100.0 * accuracy),
        )
        .hold(
            validated.area >= 0.99,
            "the mean area under the ROC curve is at least 0.99",
            format!("{:.4}", validated.area),
        )
}

/// A network that is trained, with all that its user needs.
pub struct Made {
    /// Scaled, as the parts are.
    pub scaler: Standard<30>,
    /// Training, validation and test part.
    pub parts: [Tumours; 3],
    /// With the weights of its best epoch.
    pub model: Model<Tumour>,
    /// The run, with its settings and data.
    pub manifest: Manifest,
    /// Its epochs.
    pub history: History,
}

/// Searches in the training part, trains on it with the validation part to stop by, and writes down what the bits follow
/// from. The test part is only scaled.
///
/// # Errors
/// If the search or the training fails.
pub fn make(data: &Tumours, seed: u64) -> Result<Made, Failed> {
    let parts = data.split_stratified([0.6, 0.2, 0.2], Key::new(seed))?;
    let settings = search::<Tumour>(&parts[0], seed)?;
    let (scaler, parts) = scaled(parts)?;
    let mut trainer = trainer::<Tumour>(settings, seed).callback(EarlyStopping::new().patience(10));
    let mut manifest = Manifest::of("breast cancer", &trainer)
        .setting("learning rate", settings.rate)
        .setting("l2 penalty", settings.l2)
        .setting("trials of the search", TRIALS as u64);
    for (name, part) in ["training", "validation", "test"].into_iter().zip(&parts) {
        manifest = manifest.data(name, part);
    }
    let history = trainer.fit_validated(&parts[0], &parts[1])?;
    let manifest = manifest.finished(&trainer);
    Ok(Made { scaler, parts, model: trainer.into_model(), manifest, history })
}

/// Writes scaler and weights, reads both, and says for how many raw measures they do not give the same bits.
///
/// # Errors
/// If a file cannot be written or read.
pub fn save_and_load(made: &Made, raw: &Tumours, folder: &Path) -> Result<usize, Failed> {
    let [weights, scaler] = ["weights.safetensors", "scaler.json"].map(|name| folder.join(name));
    save_weights(&*made.model, &weights)?;
    made.scaler.write(&scaler)?;
    let (model, scaler) = (load_weights::<Tumour>(&weights)?, Standard::<30>::read(&scaler)?);
    let answer = |sample: &[f32; 30], scaler: &Standard<30>, model: &Tumour| {
        let mut x = [*sample];
        scaler.transform(&mut x);
        model.predict(&x[0]).map(f32::to_bits)
    };
    let differs = |sample: &&[f32; 30]| answer(sample, &made.scaler, &made.model) != answer(sample, &scaler, &model);
    Ok(raw.samples().iter().filter(differs).count())
}

/// The raw measures as a microscope gives them that shows everything a quarter larger.
fn magnified(data: &Tumours) -> Result<Tumours, DataError> {
    let factors = tabular::BREAST_CANCER_FEATURES.map(|name| match name {
        name if name.contains("radius") || name.contains("perimeter") => 1.25,
        name if name.contains("area") => 1.25 * 1.25,
        _ => 1.0,
    });
    let larger = |sample: &[f32; 30]| std::array::from_fn(|column| sample[column] * factors[column]);
    Dataset::new(data.samples().iter().map(larger).collect::<Vec<_>>(), data.targets())
}

/// How many measures differ from the training data's, and the share of right decisions: as they are, and magnified.
///
/// # Errors
/// If a file cannot be written.
fn drift(notes: &mut Notes, made: &Made, folder: &Path) -> Result<(), Failed> {
    let [train, validation, test] = &made.parts;
    let monitor = DriftMonitor::fit(&*made.model, train, validation)?.named(tabular::BREAST_CANCER_FEATURES);
    monitor.write(folder.join("monitor.json"))?;
    let mut raw = test.clone();
    made.scaler.inverse(raw.samples_mut());
    let mut shifted = magnified(&raw)?;
    made.scaler.transform(shifted.samples_mut());
    say!(notes, "Drift of the test tumours against the training data, of 30 measures:");
    let mut counts = Vec::new();
    for (name, data) in [("as they are", test), ("a quarter larger", &shifted)] {
        let report = monitor.check(&*made.model, data)?;
        let accuracy = Scores::of(&*made.model, data)?.confusion().accuracy().unwrap_or(0.0);
        let drifted = report.drifted();
        let most = drifted.first().map_or(String::new(), |feature| format!(", most in `{}`", feature.name));
        say!(notes, "  {name:<16}  {:>2} with a shift{most}; {:.1} % right", drifted.len(), 100.0 * accuracy);
        counts.push(drifted.len());
        report.write(folder.join(format!("drift-{}.json", counts.len())))?;
    }
    notes.claim(Claims::new().hold(
        counts[1] >= counts[0] + 5,
        "the drift monitor sees another microscope",
        format!("{} of 30 measures differ, {} as they are", counts[1], counts[0]),
    ));
    say!(notes, "");
    Ok(())
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let folder = &notes.folder().join("breast-cancer");
    fs::create_dir_all(folder)?;
    let data = read(FILE)?;
    say!(notes, "{} tumours with 30 measures, read from a CSV file.\n", data.len());

    say!(
        notes,
        "Five folds; in each the scaler, the weights and the settings (a search of {TRIALS} trials over three inner"
    );
    say!(
        notes,
        "folds) come from its training part alone. The network's form, its {EPOCHS} epochs and the ranges of the search"
    );
    say!(notes, "were set by hand before, after a look at other foldings of this table:");
    let validated = validate::<Tumour>(&data, 1)?;
    let plain = validate::<Logistic>(&data, 1)?;
    say!(notes, "  30 → 16 → 2          {}  AUC {:.4}", validated.folds, validated.area);
    say!(notes, "  logistic regression  {}  AUC {:.4}\n", plain.folds, plain.area);
    notes.claim(check(&validated));

    let mut made = make(&data, 1)?;
    let [train, validation, test] = &made.parts;
    let (rate, l2) = (made.manifest.number("learning rate")?, made.manifest.number("l2 penalty")?);
    let best = made.history.best().map_or(0, |record| record.epoch);
    say!(notes, "One network to use, from {} tumours to train on, {} to choose by.", train.len(), validation.len());
    say!(notes, "The search saw the training part only: rate {rate:.4}, λ {l2:.5}. Weights of epoch {best} put back.");
    let raw = data.split_stratified([0.6, 0.2, 0.2], Key::new(1))?;
    let differ = save_and_load(&made, &raw[2], folder)?;
    notes.claim(Claims::new().hold(
        differ == 0,
        "scaler and weights that are read from their files give the same bits",
        format!("{differ} of {} raw test tumours differ", raw[2].len()),
    ));
    say!(notes, "Scaler and weights from their files give the same bits for {} raw test tumours.\n", test.len());

    let guard = Guard::fit(&*made.model, train, validation, Target::Accuracy(0.99))?;
    guard.write(folder.join("guard.json"))?;
    let temperature = guard.temperature();
    let (chosen_by, scores) = (Scores::of(&*made.model, validation)?, Scores::of(&*made.model, test)?);
    let threshold = threshold(&malignant(&chosen_by, temperature), SENSITIVITY);
    let found = malignant(&scores, temperature);
    say!(notes, "{} test tumours that nothing was chosen by: AUC {:.4}", test.len(), area(&found)?);
    say!(notes, "Threshold ½ on the probability of malignant:\n{}", confusion(&found, 0.5).named(&NAMES));
    say!(
        notes,
        "Threshold {threshold:.3}, the highest that finds {:.0} % of the malignant validation tumours:\n{}",
        100.0 * SENSITIVITY,
        confusion(&found, threshold).named(&NAMES)
    );
    say!(notes, "A missed cancer costs more than a second look: this buys recall and pays with precision.\n");

    say!(notes, "Calibration error: {:.2} % as trained,", 100.0 * scores.calibration_error(1.0));
    say!(notes, "{:.2} % at temperature {temperature:.2}.", 100.0 * scores.calibration_error(temperature));
    say!(notes, "The guard {guard}.");
    hand_over(notes, &made, guard.clone(), &found, threshold);
    drift(notes, &made, folder)?;

    let coverage = Curve::of(&chosen_by, Temperature::new(temperature)?).to_svg(Some(&guard.chosen()))?;
    notes.keep("breast-cancer/coverage", &coverage, coverage.clone())?;
    let loss = made.history.to_svg()?;
    notes.keep("breast-cancer/loss", &loss, loss.clone())?;
    notes.draw("breast-cancer/roc", &draw(&validated.found, &found, threshold))?;
    made.manifest = made
        .manifest
        .setting("threshold for malignant", threshold)
        .result("test area under the ROC curve", area(&found)?)
        .result("accuracy of five folds", validated.folds.mean_accuracy().unwrap_or(0.0))
        .result("area under the ROC curve of five folds", validated.area);
    made.manifest.write(folder.join("manifest.json"))?;
    card(&made, &scores, &guard, threshold)?.write(folder.join("model-card.md"))?;
    say!(notes, "{} has model-card.md, manifest.json, guard.json and the drift reports.", folder.display());
    Ok(())
}

const NAMES: [&str; 2] = tabular::BREAST_CANCER_CLASSES;

/// Says what the guard does with the test tumours, and which of the others are urgent.
fn hand_over(notes: &mut Notes, made: &Made, mut guard: Guard<Tumour, 2>, found: &[(f64, bool)], threshold: f64) {
    let (mut decided, mut right, mut urgent) = (0, 0, 0);
    let test = &made.parts[2];
    for ((x, truth), (p, _)) in test.iter().zip(found) {
        match guard.decide(&made.model, x) {
            Decision::Decided(class, _) => (decided, right) = (decided + 1, right + usize::from(class == *truth)),
            Decision::HandOver { .. } => urgent += usize::from(*p >= threshold),
        }
    }
    let handed = test.len() - decided;
    say!(
        notes,
        "Of {} test tumours it decides {decided}, {right} of them right, and hands {handed} to a doctor,",
        test.len()
    );
    say!(notes, "{urgent} of those as urgent, since malignant is more probable than the threshold.\n");
}

fn card(made: &Made, scores: &Scores<2>, guard: &Guard<Tumour, 2>, threshold: f64) -> Result<ModelCard, Failed> {
    let second_look = format!("Of the cases that are handed over, a doctor sees those from {threshold:.3} on first.");
    Ok(ModelCard::new(&made.manifest)
        .purpose("Shows how a network on a medical table is trained, measured and guarded.")
        .not_for("Deciding about a patient. It has not been tested in any clinic.")
        .data_origin(
            "569 tumours of the Wisconsin diagnostic breast cancer data (one hospital, before 1995): 30 measures of cell \
             nuclei that a human outlined in pictures of fine needle aspirates. Age, origin and treatment of the \
             patients are not in the table.",
        )
        .evaluation(scores, &NAMES, Temperature::new(guard.temperature())?)
        .guard(guard)
        .limit("One hospital, one microscope, one way to outline nuclei: another magnification is drift.")
        .limit("114 test tumours: one mistake more or less is 0.9 % of accuracy.")
        .risk("A malignant tumour taken for a benign one is treated late: the threshold is below one half, and a human \
               sees what is unsure.")
        .oversight(format!("A doctor decides what the guard hands over. {second_look}"))
        .contact("The maintainers of typednet, in its repository."))
}
