//! A search for rate, batch size, network and more on the breast cancer table, with TPE and pruning (lecture section 10).
//!
//! ```text
//! cargo run --release -p typednet-course --example search
//! ```

use typednet::data::{Standard, tabular};
use typednet::optim::Penalty;
use typednet::prelude::*;
use typednet::train::EarlyStopping;
use typednet::tune::{MedianPruner, Results, Space, Study, Tpe, Trial, TrialResult, variants};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: Section 10 of the lectures.
pub const LESSON: Lesson =
    Lesson { name: "search", title: "A search for a network", section: "10. Tuning", run: lesson };

network! {
    /// No hidden layer: logistic regression.
    pub struct Linear: 30 => Dense<2, Softmax> -> 2
}

network! {
    /// One hidden layer of any width.
    pub struct Shallow<const WIDTH: usize>: 30 => Dense<WIDTH, Relu> => Dense<2, Softmax> -> 2
}

network! {
    /// One hidden layer, a fifth of which is left out in each step.
    pub struct Dropped20<const WIDTH: usize>: 30 => Dense<WIDTH, Relu> => Dropout<0.2> => Dense<2, Softmax> -> 2
}

network! {
    /// One hidden layer, half of which is left out in each step.
    pub struct Dropped50<const WIDTH: usize>: 30 => Dense<WIDTH, Relu> => Dropout<0.5> => Dense<2, Softmax> -> 2
}

network! {
    /// Three hidden layers.
    pub struct Deep: 30 => Dense<32, Relu> => Dense<32, Relu> => Dense<16, Relu> => Dense<2, Softmax> -> 2
}

/// The samples, scaled: to train on, to choose by, and to measure the choice with.
type Parts = [Dataset<[f32; 30], Class<2>>; 3];

/// What is measured of a trained network.
#[derive(Clone, Copy)]
enum Measure {
    /// What the search makes small.
    ValidationLoss,
    /// What is told in the end, of one network only.
    TestAccuracy,
}

/// What a search came to.
pub struct Found {
    /// All trials.
    pub results: Results,
    /// The share of the test samples that the chosen network reads rightly.
    pub accuracy: f64,
    /// How many test samples there are.
    pub tested: usize,
}

fn parts() -> Result<Parts, Failed> {
    let mut parts = tabular::breast_cancer()?.split_stratified([0.6, 0.2, 0.2], Key::new(1))?;
    let scaler = Standard::fit(parts[0].samples())?;
    for part in &mut parts {
        scaler.transform(part.samples_mut());
    }
    Ok(parts)
}

/// Trains one network by the settings of one trial, and measures it with the weights of its best epoch.
fn train<M>(trial: &Trial, [train, validation, test]: &Parts, epochs: usize, measure: Measure) -> TrialResult
where
    M: Network<In = [f32; 30], Out = [f32; 2], Elem = f32, Head = Softmax> + 'static,
{
    let mut trainer = Trainer::new(M::seeded(trial.seed()), CrossEntropy, Adam::new(trial.get("rate")?))
        .batch(trial.get("batch")?)
        .penalty(Penalty::l2(trial.get("l2")?))
        .epochs(epochs)
        .seed(trial.seed())
        .callback(EarlyStopping::new().patience(10))
        .callback(trial.watch())
        .quiet();
    trainer.fit_validated(train, validation)?;
    Ok(match measure {
        Measure::ValidationLoss => trainer.evaluate(validation)?.loss,
        Measure::TestAccuracy => trainer.evaluate(test)?.accuracy.unwrap_or(f64::NAN),
    })
}

/// Searches with so many trials of at most so many epochs, and measures the best on samples that no trial has seen.
///
/// # Errors
/// If no trial ends well.
pub fn search(trials: usize, epochs: usize) -> Result<Found, Failed> {
    let parts = parts()?;
    // A rate of dropout is a type as a width is: each that may be chosen is a variant.
    let networks = variants!(
        [Linear, Shallow<8>, Shallow<64>, "Dropped<64> 0.2" => Dropped20<64>, "Dropped<64> 0.5" => Dropped50<64>, Deep],
        |Net| train::<Net>
    );
    let space = Space::new()
        .log_uniform("rate", 1e-4, 1.0)?
        .log_uniform("l2", 1e-6, 1e-1)?
        .choice("batch", [8, 16, 32, 64])?
        .variants("network", &networks)?;
    let study = Study::new(space, Tpe::new()).pruner(MedianPruner::new().warm_up(3)).trials(trials).threads(2).quiet();
    let results = study.run(|trial| {
        let train = trial.variant("network", &networks)?;
        train(trial, &parts, epochs, Measure::ValidationLoss)
    })?;
    let best = results.best_trial();
    let train = best.variant("network", &networks)?;
    let accuracy = train(&best, &parts, epochs, Measure::TestAccuracy)?;
    Ok(Found { results, accuracy, tested: parts[2].len() })
}

/// The chosen network reads more than nine of ten test samples rightly.
pub fn check(found: &Found) -> Claims {
    let (right, tested) = (100.0 * found.accuracy, found.tested);
    let pruned = found.results.trials().iter().filter(|trial| trial.is_pruned()).count();
    Claims::new()
        .hold(
            found.accuracy > 0.9,
            "the chosen network reads more than 90 % of the test samples rightly, which the search has not seen",
            format!("{right:.1} % of {tested}"),
        )
        .hold(
            pruned > 0,
            "trials that fall behind are stopped early",
            format!("{pruned} of {}", found.results.trials().len()),
        )
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let found = search(60, 60)?;
    notes.claim(check(&found));
    say!(notes, "{}", found.results);
    let svg = found.results.to_svg();
    notes.keep("search", &svg, svg.clone())?;
    say!(notes, "{}", found.results.best_trial());
    let (right, tested) = (100.0 * found.accuracy, found.tested);
    say!(notes, "{right:.1} % of {tested} test samples are right, which the search has not seen");
    Ok(())
}
