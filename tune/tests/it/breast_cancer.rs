//! Searches over real trainings: the breast cancer table, scaled by its training part.

use std::error::Error;
use std::sync::Mutex;
use std::thread;

use typednet_data::{Dataset, Standard, tabular};
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{Chain, Dense, Network, Relu, Softmax};
use typednet_optim::{Adam, Penalty};
use typednet_tensor::{Class, Key};
use typednet_train::Trainer;
use typednet_tune::{Grid, MedianPruner, Random, Space, Study, Tpe, Trial, TrialResult, Variants, variants};

type Linear = Dense<30, 2, Softmax>;
type Shallow<const WIDTH: usize> = Chain<Dense<30, WIDTH, Relu>, Dense<WIDTH, 2, Softmax>>;
type Measured = Result<(f64, usize), Box<dyn Error + Send + Sync>>;
type Parts = [Dataset<[f32; 30], Class<2>>; 2];

const EPOCHS: usize = 15;

fn parts() -> Parts {
    let data = tabular::breast_cancer().expect("the embedded table");
    let mut parts = data.split_stratified([0.7, 0.3], Key::new(0)).expect("two parts");
    let scaler = Standard::fit(parts[0].samples()).expect("columns that vary");
    for part in &mut parts {
        scaler.transform(part.samples_mut());
    }
    parts
}

/// The validation loss after the last epoch, and how many epochs there were. The weights begin the same in each trial, so
/// that the loss is a function of the settings.
fn train<M>(trial: &Trial, [training, validation]: &Parts) -> Measured
where
    M: Network<In = [f32; 30], Out = [f32; 2], Elem = f32, Head = Softmax> + 'static,
{
    let mut trainer = Trainer::new(M::seeded(0), CrossEntropy, Adam::new(trial.get("rate")?))
        .batch(trial.get("batch")?)
        .penalty(Penalty::l2(trial.get("l2")?))
        .epochs(EPOCHS)
        .callback(trial.watch())
        .quiet();
    let history = trainer.fit_validated(training, validation)?;
    let last = history.last().and_then(|epoch| epoch.validation);
    Ok((last.map_or(f64::NAN, |found| found.loss), history.records().len()))
}

type Train = fn(&Trial, &Parts) -> Measured;

const NETWORKS: Variants<Train, 3> = variants!([Linear, Shallow<8>, Shallow<32>], |Net| train::<Net> as Train);

fn space() -> Space {
    Space::new()
        .log_uniform("rate", 1e-4, 1.0)
        .and_then(|space| space.log_uniform("l2", 1e-6, 1e-1))
        .and_then(|space| space.choice("batch", [8, 16, 32, 64]))
        .and_then(|space| space.variants("network", &NETWORKS))
        .expect("a space")
}

fn objective(trial: &Trial, parts: &Parts) -> TrialResult {
    let train = trial.variant("network", &NETWORKS)?;
    Ok(train(trial, parts)?.0)
}

/// As in the tests on functions: seeds 0 to 9, with as many trials, and a draw is no win.
#[test]
fn tpe_is_better_than_random_search() {
    const TRIALS: usize = 40;
    let parts = parts();
    let best = |study: Study| {
        let results = study.trials(TRIALS).quiet().run(|trial| objective(trial, &parts)).expect("a study");
        results.best().loss().expect("a loss")
    };
    let pair = |seed| {
        let tpe = best(Study::new(space(), Tpe::new()).seed(seed));
        (tpe, best(Study::new(space(), Random::new()).seed(seed)))
    };
    let half = |seeds: std::ops::Range<u64>| seeds.map(pair).collect::<Vec<_>>();
    let pairs = thread::scope(|scope| {
        let other = scope.spawn(|| half(5..10));
        [half(0..5), other.join().expect("no panic")].concat()
    });
    let wins = pairs.iter().filter(|(tpe, random)| tpe < random).count();
    println!("breast cancer: TPE better in {wins} of 10; best losses {pairs:.4?}");
    assert!(wins >= 7, "{wins} of 10: {pairs:.4?}");
}

/// The trainer of a pruned trial ends after the epoch at which it was pruned; the loss it has then does not count.
#[test]
fn pruned_trainings_end_early() {
    let (parts, epochs) = (parts(), Mutex::new(vec![0; 30]));
    let study = Study::new(space(), Random::new()).pruner(MedianPruner::new().warm_up(2)).trials(30).quiet();
    let results = study.run(|trial| {
        let (loss, count) = trial.variant("network", &NETWORKS)?(trial, &parts)?;
        epochs.lock().expect("no panic")[trial.index()] = count;
        Ok(loss)
    });
    let (results, epochs) = (results.expect("a study"), epochs.into_inner().expect("no panic"));
    let pruned = results.trials().iter().filter(|trial| trial.is_pruned()).count();
    assert!((5..25).contains(&pruned), "{pruned} of 30");
    for (trial, epochs) in results.trials().iter().zip(epochs) {
        assert_eq!(trial.reports.len(), epochs);
        assert_eq!(trial.reports.last().map(|report| report.0), Some(epochs as u64));
        assert!(epochs > 2 && (epochs == EPOCHS || trial.is_pruned()), "{trial:?}");
        if let Some(loss) = trial.loss() {
            assert_eq!(trial.reports[EPOCHS - 1].1.to_bits(), loss.to_bits(), "what the watch reports is the loss");
        }
    }
}

/// A rate at which numbers overflow is one bad trial, not the end.
#[test]
fn a_training_that_explodes_is_a_failed_trial() {
    let parts = parts();
    let space = Space::new().choice("rate", [1e30, 0.01]).and_then(|space| space.choice("batch", [16]));
    let space = space.and_then(|space| space.choice("l2", [0.0])).expect("a space");
    let study = Study::new(space, Grid::new(1)).quiet();
    let results = study.run(|trial| Ok(train::<Shallow<8>>(trial, &parts)?.0)).expect("a study");
    assert!(results.trials()[0].is_failed() && results.best().index == 1, "{results}");
    assert!(results.to_string().contains("the learning rate"), "{results}");
}
