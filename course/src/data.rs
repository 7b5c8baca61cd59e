//! Data before a network sees them: parts, folds, scalers, missing values, rare classes and versions, and what goes wrong
//! where the test data leak or folds are not stratified (lecture section 8).
//!
//! ```text
//! cargo run --release -p typednet-course --example data
//! ```

use std::fmt::Write;

use typednet::data::{Dataset, Fill, Fold, Folds, Standard, Table, split, tabular};
use typednet::loss::WeightedCrossEntropy;
use typednet::prelude::*;
use typednet::train::{Evaluation, cross_validate};
use typednet_plot::{Chart, Figure, numbered};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: Section 8 of the lectures.
pub const LESSON: Lesson =
    Lesson { name: "data", title: "Data before a network sees them", section: "8. Data", run: show };

network! {
    /// Logistic regression on the 30 numbers of a tumour.
    pub struct Logistic: 30 => Dense<2, Softmax> -> 2
}

network! {
    /// Four lengths of a flower in, one of three species out.
    pub struct Flowers: 4 => Dense<8, Relu> => Dense<3, Softmax> -> 3
}

/// Tumours: class 0 is malignant.
pub type Tumours = Dataset<[f32; 30], Class<2>>;

type Outcome<T> = Result<T, Failed>;

/// How many folds there are for tumours.
pub const FOLDS: usize = 10;

/// Training, validation and test part, each class with its share in each.
///
/// # Errors
/// If the embedded table is damaged.
pub fn parts() -> Outcome<[Tumours; 3]> {
    Ok(tabular::breast_cancer()?.split_stratified([0.7, 0.15, 0.15], Key::new(8))?)
}

/// Iris as a text with commas in which one petal length of eight is missing.
///
/// # Errors
/// If the embedded table is damaged.
pub fn text_with_holes() -> Outcome<String> {
    let mut text = String::from("sepal length,sepal width,petal length,petal width,species\n");
    for (row, ([a, b, c, d], species)) in (0..).zip(&tabular::iris()?) {
        let petal = if Key::new(80).below(row, 8) == 0 { "?".to_owned() } else { c.to_string() };
        writeln!(text, "{a},{b},{petal},{d},{}", tabular::IRIS_CLASSES[species.index()])?;
    }
    Ok(text)
}

/// What was done about the missing petal lengths.
pub struct Holes {
    /// How many of all rows have none.
    pub missing: usize,
    /// How many rows are left when those are dropped.
    pub left: usize,
    /// What the training part was filled with, and the test part with it.
    pub written: Fill,
    /// The same value if it were computed from all rows, test rows too.
    pub leaked: Fill,
    /// All training and test rows, filled.
    pub parts: [Dataset<[f32; 4], Class<3>>; 2],
}

/// Drops the rows with missing values, or fills them with the mean of the training rows.
///
/// # Errors
/// If the text is no table.
pub fn holes(text: &str) -> Outcome<Holes> {
    let whole = Table::from_csv(text)?;
    let missing = whole.column("petal length")?.missing();
    let mut dropped = whole.clone();
    dropped.drop_missing(["petal length"])?;
    let [train, test] = split::random(whole.rows(), [0.8, 0.2], Key::new(81))?;
    let (mut train, mut test) = (whole.select(&train), whole.select(&test));
    let written = train.fill("petal length", Fill::Mean)?;
    test.fill("petal length", written.clone())?;
    let typed = |table: &Table| -> Outcome<_> {
        Ok(Dataset::new(
            table.samples(table.names_except(&["species"]))?,
            table.classes_named("species", tabular::IRIS_CLASSES)?,
        )?)
    };
    let parts = [typed(&train)?, typed(&test)?];
    Ok(Holes { missing, left: dropped.rows(), written, leaked: whole.clone().fill("petal length", Fill::Mean)?, parts })
}

fn logistic(train: &Tumours) -> Outcome<Trainer<Logistic, CrossEntropy, Adam>> {
    let mut trainer = Trainer::new(Logistic::seeded(0), CrossEntropy, Adam::new(0.01)).batch(32).epochs(30).quiet();
    trainer.fit(train)?;
    Ok(trainer)
}

/// A scaler, the training part that it scaled, and the share of good test samples that are then read rightly.
pub struct Scaled {
    /// Mean and standard deviation of each number.
    pub scaler: Standard<30>,
    /// The training part, scaled.
    pub train: Tumours,
    /// The accuracy on the test samples without mistakes.
    pub accuracy: f64,
}

/// Trains with a scaler that was fitted on the training part, and with one that saw the test part too, whose first ten
/// samples are a thousand times too large: somebody took another unit.
///
/// # Errors
/// If a loss does not stay finite.
pub fn scaled([train, _, test]: &[Tumours; 3]) -> Outcome<[Scaled; 2]> {
    let wrong: Vec<[f32; 30]> = test.samples()[..10].iter().map(|sample| sample.map(|x| 1000.0 * x)).collect();
    let all = [train.samples(), &wrong, &test.samples()[10..]].concat();
    let with = |scaler: Standard<30>| -> Outcome<Scaled> {
        let (mut train, (_, mut good)) = (train.clone(), test.clone().split_at(10)?);
        scaler.transform(train.samples_mut());
        scaler.transform(good.samples_mut());
        let accuracy = logistic(&train)?.evaluate(&good)?.accuracy.unwrap_or(0.0);
        Ok(Scaled { scaler, train, accuracy })
    };
    Ok([with(Standard::fit(train.samples())?)?, with(Standard::fit(&all)?)?])
}

/// All benign tumours, and the first `malignant` of the others.
///
/// # Errors
/// If there are none.
pub fn thinned(tumours: &Tumours, malignant: usize) -> Outcome<Tumours> {
    let mut left = malignant;
    let mut keep = |class: &Class<2>| class.index() == 1 || left.checked_sub(1).map(|rest| left = rest).is_some();
    let rows: Vec<u32> = (0..).zip(tumours.targets()).filter(|(_, class)| keep(class)).map(|(row, _)| row).collect();
    Ok(tumours.select(&rows)?)
}

/// How many of the test samples of each fold are malignant.
pub fn malignant(data: &Tumours, folds: &Folds) -> Vec<usize> {
    let count = |fold: Fold| fold.test.iter().filter(|row| data.targets()[**row as usize].index() == 0).count();
    folds.iter().map(count).collect()
}

/// The mean accuracy on three folds of iris: in the order of the file, which is sorted by species, and stratified.
///
/// # Errors
/// If a loss does not stay finite.
pub fn flowers() -> Outcome<[f64; 2]> {
    let iris = tabular::iris()?;
    let measure = |parts: &Split<[f32; 4], Class<3>>| -> Outcome<Evaluation> {
        let mut trainer = Trainer::new(Flowers::seeded(0), CrossEntropy, Adam::new(0.02)).batch(16).epochs(40).quiet();
        trainer.fit(&parts.train)?;
        Ok(trainer.evaluate(&parts.test)?)
    };
    let mut in_order = 0.0;
    for fold in 0..3 {
        let (test, train) = (0..150).partition(|row| row / 50 == fold);
        in_order += measure(&Fold { train, test }.of(&iris)?)?.accuracy.unwrap_or(0.0) / 3.0;
    }
    let folds = Folds::stratified(iris.targets(), 3, Key::new(82))?;
    let stratified = cross_validate(&iris, &folds, |_, parts| measure(parts))?;
    Ok([in_order, stratified.mean_accuracy().unwrap_or(0.0)])
}

/// A training part in which the malignant tumours are rare, and what weights do for them.
pub struct Rare {
    /// How many of each class there are to train on.
    pub counts: [usize; 2],
    /// The weights with which both classes count the same.
    pub weights: [f64; 2],
    /// The shares of the malignant and of the benign test tumours that are recognised, with all weights 1.
    pub unweighted: [f64; 2],
    /// The same shares with the balanced weights.
    pub weighted: [f64; 2],
}

/// Trains with ten malignant tumours beside all benign ones of the training part, without weights and with them, and
/// measures on a test part with the shares of the whole table.
///
/// # Errors
/// If a loss does not stay finite.
pub fn rare() -> Outcome<Rare> {
    let [train, mut test] = tabular::breast_cancer()?.split_stratified([0.6, 0.4], Key::new(83))?;
    let mut train = thinned(&train, 10)?;
    let scaler = Standard::fit(train.samples())?;
    scaler.transform(train.samples_mut());
    scaler.transform(test.samples_mut());
    let recalls = |weights| -> Outcome<[f64; 2]> {
        let loss = WeightedCrossEntropy::weighted(weights);
        let mut trainer = Trainer::new(Logistic::seeded(0), loss, Adam::new(0.01)).batch(32).epochs(30).quiet();
        trainer.fit(&train)?;
        let confusion = trainer.confusion(&test)?;
        Ok([0, 1].map(|class| Class::new(class).ok().and_then(|class| confusion.recall(class)).unwrap_or(0.0)))
    };
    let (counts, weights) = (split::class_counts(train.targets()), split::balanced_weights(train.targets())?);
    Ok(Rare { counts, weights, unweighted: recalls([1.0; 2])?, weighted: recalls(weights)? })
}

/// Everything that the example computes.
pub struct Lessons {
    /// Training, validation and test part.
    pub parts: [Tumours; 3],
    /// Missing values.
    pub holes: Holes,
    /// Fitted on the training part, and on the test part too.
    pub scaled: [Scaled; 2],
    /// How many malignant tumours each fold tests, stratified and random, where 40 of 397 are malignant.
    pub folds: [Vec<usize>; 2],
    /// The accuracy over folds of iris in the order of the file, and over stratified ones.
    pub flowers: [f64; 2],
    /// Rare classes and weights.
    pub rare: Rare,
}

/// Computes all of it.
///
/// # Errors
/// If a loss does not stay finite.
pub fn lesson() -> Outcome<Lessons> {
    let (parts, few) = (parts()?, thinned(&tabular::breast_cancer()?, 40)?);
    let stratified = malignant(&few, &Folds::stratified(few.targets(), FOLDS, Key::new(84))?);
    let random = malignant(&few, &Folds::random(few.len(), FOLDS, Key::new(84))?);
    Ok(Lessons {
        holes: holes(&text_with_holes()?)?,
        scaled: scaled(&parts)?,
        folds: [stratified, random],
        flowers: flowers()?,
        rare: rare()?,
        parts,
    })
}

/// How far apart the fewest and the most are.
fn spread(counts: &[usize]) -> usize {
    counts.iter().max().unwrap_or(&0) - counts.iter().min().unwrap_or(&0)
}

/// What the course says of data.
///
/// # Errors
/// If the embedded table is damaged.
pub fn check(lesson: &Lessons) -> Outcome<Claims> {
    let whole = [212.0 / 569.0, 357.0 / 569.0];
    let off = |part: &Tumours| {
        let counts = split::class_counts(part.targets()).into_iter().zip(whole);
        counts.map(|(count, share)| (count as f64 - share * part.len() as f64).abs()).fold(0.0, f64::max)
    };
    let farthest = lesson.parts.iter().map(off).fold(0.0, f64::max);
    let hashes = lesson.parts.each_ref().map(Dataset::content_hash);
    let again = parts()?.map(|part| part.content_hash());
    let [train, validation, test] = &hashes;
    let Holes { missing, left, written, leaked, parts } = &lesson.holes;
    let [clean, leaky] = &lesson.scaled;
    let [stratified, random] = &lesson.folds;
    let [in_order, folded] = lesson.flowers;
    let Rare { counts, weights, unweighted, weighted } = &lesson.rare;
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    Ok(Claims::new()
        .hold(farthest < 1.0, "each part has the classes' shares of the whole", format!("at most {farthest:.2} samples off"))
        .hold(
            train != validation && train != test && validation != test && again == hashes,
            "each part has its own hash, and the same key gives the same parts",
            "three hashes, twice",
        )
        .hold(
            *missing > 0 && left + missing == 150 && parts[0].len() + parts[1].len() == 150 && written != leaked,
            "missing values are filled from the training rows; over all rows the test rows have a say",
            format!("{missing} of 150 are missing: {written:?} and {leaked:?}"),
        )
        .hold(
            clean.accuracy > 0.9 && leaky.accuracy < clean.accuracy - 0.05,
            "a scaler that sees ten test samples in a wrong unit spoils the training; one of the training part does not",
            format!("{} and {} right", percent(leaky.accuracy), percent(clean.accuracy)),
        )
        .hold(
            spread(stratified) <= 1 && spread(random) >= 3,
            "stratified folds have the rare class evenly, random ones do not",
            format!("{stratified:?} and {random:?}"),
        )
        .hold(
            in_order < 0.01 && folded > 0.9,
            "folds of a sorted table read no sample rightly, stratified ones more than 90 %",
            format!("{} and {}", percent(in_order), percent(folded)),
        )
        .hold(
            (counts[0] as f64 * weights[0] - counts[1] as f64 * weights[1]).abs() < 1e-9
                && weighted[0] > unweighted[0] + 0.03,
            "balanced weights find more of the rare tumours",
            format!("{} and {}", percent(weighted[0]), percent(unweighted[0])),
        ))
}

/// Mean radius and mean area of the training part, by class.
fn features(title: &str, unit: &str, data: &Tumours) -> Chart {
    let of = |class: usize| {
        let of_class = data.iter().filter(move |(_, target)| target.index() == class);
        of_class.map(|(sample, _)| (f64::from(sample[0]), f64::from(sample[3]))).step_by(3)
    };
    let names = tabular::BREAST_CANCER_CLASSES;
    Chart::new(title, format!("mean radius{unit}"), format!("mean area{unit}"))
        .points(names[0], of(0))
        .points(names[1], of(1))
}

fn draw(lesson: &Lessons) -> Figure {
    let points = |counts: &[usize]| numbered(counts.iter().map(|n| *n as f64)).collect::<Vec<_>>();
    let folds = Chart::new("test parts of ten folds", "fold", "malignant tumours")
        .whole_x()
        .from_zero()
        .line("stratified", points(&lesson.folds[0]))
        .line("random", points(&lesson.folds[1]));
    let [clean, leaky] = &lesson.scaled;
    let scaled = " (standard deviations)";
    let charts = [
        folds,
        features("before scaling", "", &lesson.parts[0]).x_range(0.0, 2500.0).y_range(0.0, 2500.0),
        features("scaler fitted on the training part", scaled, &clean.train).x_range(-3.0, 5.0).y_range(-3.0, 5.0),
        features("scaler that saw the test part too", scaled, &leaky.train).x_range(-3.0, 5.0).y_range(-3.0, 5.0),
    ];
    let note = "Unscaled, the area is all there is; scaled by the training part both count; ten test samples in a wrong unit \
                press everything into one point.";
    Figure::new("Data before a network sees them", 2, charts).panel(490, 370).note(note)
}

fn show(notes: &mut Notes) -> Result<(), Failed> {
    let lesson = lesson()?;
    notes.claim(check(&lesson)?);
    say!(notes, "569 tumours in stratified parts: {}", tabular::BREAST_CANCER_CLASSES.join(", "));
    for (name, part) in ["training", "validation", "test"].iter().zip(&lesson.parts) {
        let [malignant, benign] = split::class_counts(part.targets());
        say!(notes, "  {name:<10} {malignant:>4} {benign:>4}  SHA-256 {}", part.content_hash());
    }

    say!(notes, "\n{}", Table::from_csv(text_with_holes()?)?);
    let Holes { missing, left, written, leaked, .. } = &lesson.holes;
    say!(
        notes,
        "Without the {missing} rows that have no petal length {left} are left; or those of both parts are filled"
    );
    say!(
        notes,
        "with the mean of the training rows, {written:?}. Over all rows it is {leaked:?}: then test rows leak."
    );

    let [clean, leaky] = &lesson.scaled;
    say!(
        notes,
        "\nTen of the test samples are a thousand times too large. σ of the mean area, and the accuracy on the others:"
    );
    for (name, scaled) in [("fitted on the training part", clean), ("fitted on the test part too", leaky)] {
        let (deviation, right) = (scaled.scaler.deviation()[3], 100.0 * scaled.accuracy);
        say!(notes, "  scaler {name}: {deviation:>8.0}  {right:>5.1} %");
    }

    say!(notes, "\nMalignant tumours in each of {FOLDS} test parts, 40 of 397 in all:");
    say!(notes, "  stratified {:?}\n  random     {:?}", lesson.folds[0], lesson.folds[1]);
    let [in_order, stratified] = lesson.flowers.map(|share| 100.0 * share);
    say!(
        notes,
        "Iris, sorted by species, in three folds in that order: {in_order:.1} % right; stratified: {stratified:.1} %."
    );

    let Rare { counts, weights, unweighted, weighted } = &lesson.rare;
    say!(notes, "\nTo train on, {} malignant and {} benign: balanced weights {weights:.3?}.", counts[0], counts[1]);
    for (name, recalls) in [("all weights 1", unweighted), ("balanced", weighted)] {
        let [malignant, benign] = recalls.map(|share| 100.0 * share);
        say!(notes, "  {name:<13}  recognised: {malignant:.1} % of the malignant, {benign:.1} % of the benign");
    }
    notes.draw("data", &draw(&lesson))
}
