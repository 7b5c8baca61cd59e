//! What a study promises: which trials there are, how they end, and what follows from the seed.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use typednet_data::Dataset;
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{Dense, Network, Softmax};
use typednet_optim::GradientDescent;
use typednet_tensor::Class;
use typednet_train::{MacroF1, Objective, Trainer};
use typednet_tune::{
    Finished, Grid, MedianPruner, Outcome, Random, Results, Space, Study, Tpe, Trial, TrialResult, TuneError, Value,
    variants,
};

fn space() -> Space {
    Space::new()
        .log_uniform("rate", 1e-4, 1.0)
        .and_then(|space| space.integer("depth", 1, 4))
        .and_then(|space| space.choice("batch", [8, 16, 32]))
        .expect("a space")
}

/// A loss with reports on the way to it; some trials fail.
fn objective(trial: &Trial) -> TrialResult {
    let (rate, depth, batch): (f64, f64, f64) = (trial.get("rate")?, trial.get("depth")?, trial.get("batch")?);
    if rate > 0.5 {
        return Err("the loss is not finite".into());
    }
    let loss = (rate.log10() + 2.0).powi(2) + (depth - 3.0).abs() + batch / 32.0;
    for step in 1..=6 {
        trial.report(step, loss + 1.0 / step as f64)?;
    }
    Ok(loss)
}

/// Trials without what a clock says.
fn facts(results: &Results) -> Vec<String> {
    results.trials().iter().map(|trial| format!("{:?}", Finished { seconds: 0.0, ..trial.clone() })).collect()
}

#[test]
fn a_grid_has_each_point_once() {
    let results = Study::new(space(), Grid::new(5).points("depth", 9)).quiet().run(|_| Ok(1.0)).expect("a study");
    let points: HashSet<String> = results.trials().iter().map(|trial| format!("{:?}", results.values(trial))).collect();
    // Nine points of four whole numbers are the four.
    assert_eq!((results.trials().len(), points.len()), (5 * 4 * 3, 5 * 4 * 3));
    let rates: HashSet<String> = results.trials().iter().map(|trial| results.values(trial)[0].to_string()).collect();
    assert_eq!(rates, HashSet::from(["0.0001000", "0.001000", "0.01000", "0.1000", "1.000"].map(str::to_owned)));
    let depths: HashSet<String> = results.trials().iter().map(|trial| results.values(trial)[1].to_string()).collect();
    assert_eq!(depths.len(), 4);

    // Axes whose lengths have a common divisor, the last changing fastest.
    let square = Study::new(space(), Grid::new(4)).quiet().run(|_| Ok(1.0)).expect("a study");
    let points: Vec<String> = square.trials().iter().map(|trial| format!("{:?}", square.values(trial))).collect();
    assert_eq!((points.len(), points.iter().collect::<HashSet<_>>().len()), (4 * 4 * 3, 4 * 4 * 3));
    let last: Vec<String> =
        square.trials()[..4].iter().map(|trial| format!("{:?}", &square.values(trial)[1..])).collect();
    assert_eq!(last, [(1, 8), (1, 16), (1, 32), (2, 8)].map(|(d, b)| format!("[{d}, {b}]")));

    let some = Study::new(space(), Grid::new(5)).trials(7).quiet().run(|_| Ok(1.0)).expect("a study");
    assert_eq!(some.trials().len(), 7);
    let more = Study::new(space(), Grid::new(1)).trials(1000).threads(3).quiet().run(|_| Ok(1.0)).expect("a study");
    assert_eq!(more.trials().len(), 3);
    assert_eq!(more.values(&more.trials()[0])[1], Value::Integer(3), "the middle, rounded");
}

#[test]
fn the_seed_decides_and_nothing_else() {
    let run =
        |study: Study| facts(&study.trials(40).pruner(MedianPruner::new()).quiet().run(objective).expect("a study"));
    let tpe = run(Study::new(space(), Tpe::new()).seed(7));
    assert_eq!(tpe, run(Study::new(space(), Tpe::new()).seed(7)));
    assert_ne!(tpe, run(Study::new(space(), Tpe::new()).seed(8)));
    for outcome in ["Complete", "Pruned", "Failed"] {
        assert!(tpe.iter().any(|trial| trial.contains(outcome)), "no trial is {outcome}");
    }
}

/// However long each trial takes: here differently in each run.
#[test]
fn the_same_number_of_threads_gives_the_same_trials() {
    let clock = AtomicUsize::new(0);
    let uneven = |trial: &Trial| {
        let place = clock.fetch_add(1, Ordering::Relaxed);
        thread::sleep(Duration::from_micros((place * 7919 % 13) as u64 * 150));
        objective(trial)
    };
    for threads in [2, 3, 5] {
        let run = || {
            let study = Study::new(space(), Tpe::new()).pruner(MedianPruner::new()).trials(50).threads(threads).quiet();
            facts(&study.run(uneven).expect("a study"))
        };
        assert_eq!(run(), run(), "{threads} threads");
    }
    let run = |threads| {
        facts(&Study::new(space(), Random::new()).trials(30).threads(threads).quiet().run(uneven).expect("a study"))
    };
    assert_eq!(run(1), run(4), "random search is the same for any number");
}

#[test]
fn trials_run_side_by_side() {
    let most = |sampler_threads: usize| {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let study = Study::new(space(), Tpe::new()).trials(24).threads(sampler_threads).quiet();
        let results = study.run(|trial| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(5));
            now.fetch_sub(1, Ordering::SeqCst);
            objective(trial)
        });
        assert_eq!(results.expect("a study").trials().len(), 24);
        most.into_inner()
    };
    assert_eq!(most(1), 1);
    assert_eq!(most(3), 3);
}

#[test]
fn trials_that_fail_do_not_end_a_study() {
    let study = Study::new(space(), Random::new()).trials(12).quiet();
    let results = study
        .run(|trial| match trial.index() % 4 {
            0 => Err("no room".into()),
            1 => Ok(f64::NAN),
            2 => Ok(f64::NEG_INFINITY),
            _ => Ok(trial.index() as f64),
        })
        .expect("a study");
    assert_eq!((results.best().index, results.best().loss()), (3, Some(3.0)));
    assert_eq!(results.trials().iter().filter(|trial| trial.is_failed()).count(), 9);
    let table = results.to_string();
    assert!(table.starts_with("12 trials: 3 complete, 0 pruned, 9 failed; best loss 3.000 in trial 3"), "{table}");
    assert!(table.contains("trial 0 failed: no room") && table.contains("trial 1 failed: the loss is NaN"), "{table}");

    let error = study.run(|_| Err("no room".into())).expect_err("all fail");
    assert_eq!(error, TuneError::AllFailed { trials: 12, first: "no room".into() });
}

/// An input that makes two logits of this network infinite once its weights are above 1, so that the validation loss is
/// ∞ − ∞ in later epochs.
#[test]
fn a_trial_counts_with_its_best_loss_when_later_epochs_have_none() {
    type Net = Dense<1, 3, Softmax>;
    let class = |label| Class::<3>::new(label).expect("three classes");
    let train = Dataset::new([[1.0_f32], [1.0]], [class(0), class(1)]).expect("two rows");
    let validation = Dataset::new([[1.0_f32], [f32::MAX]], [class(0); 2]).expect("two rows");
    let space = Space::new().choice("rate", [0.5, 1.0]).expect("a space");
    let losses = Mutex::new(Vec::new());
    let results = Study::new(space, Grid::new(1)).quiet().run(|trial| {
        let mut model = Net::zeroed();
        model.weight = [[0.9, 0.9, -0.9]];
        let mut trainer = Trainer::new(model, CrossEntropy, GradientDescent::new(trial.get("rate")?))
            .epochs(12)
            .callback(trial.watch())
            .quiet();
        let history = trainer.fit_validated(&train, &validation)?;
        losses.lock().expect("one thread").push(history.last().and_then(|last| last.validation).map(|v| v.loss));
        Ok(history.best().and_then(|epoch| epoch.validation).map_or(f64::NAN, |found| found.loss))
    });
    let results = results.expect("every trial has a finite loss at first");
    assert!(losses.into_inner().expect("one thread").iter().all(|last| last.is_some_and(f64::is_nan)));
    for trial in results.trials() {
        let finite = trial.reports.iter().map(|report| report.1).filter(|loss| loss.is_finite());
        assert_eq!(trial.loss(), finite.reduce(f64::min));
        assert!(trial.reports.last().is_some_and(|report| report.1.is_nan()));
    }
}

#[test]
fn tpe_tries_nothing_twice_while_something_is_left() {
    let small =
        || Space::new().choice("a", [1, 2]).and_then(|space| space.choice("b", ["x", "y\nz"])).expect("a space");
    let middle = || small().integer("c", -3, 8).and_then(|space| space.log_integer("d", 1, 2)).expect("a space");
    let loss = |trial: &Trial| Ok(trial.get::<f64>("a")?);
    assert_eq!((small().points(), middle().points(), space().points()), (Some(4), Some(4 * 12 * 2), None));
    for sampler in [Tpe::new(), Tpe::new().independent(), Tpe::new().start_up(2)] {
        for seed in 0..5 {
            let results = Study::new(small(), sampler).trials(40).seed(seed).quiet().run(loss).expect("a study");
            assert_eq!((results.trials().len(), results.different()), (4, 4), "{sampler:?}, seed {seed}");
        }
        let results = Study::new(middle(), sampler).trials(1000).quiet().run(loss).expect("a study");
        assert_eq!((results.trials().len(), results.different()), (96, 96), "{sampler:?}");
        // As many as without a number, though there are more points.
        assert_eq!(Study::new(middle(), sampler).quiet().run(loss).expect("a study").trials().len(), 50);
    }
    // Where trials do repeat what was tried, the table says so; and a value's line end does not break it.
    let results = Study::new(small(), Random::new()).trials(40).quiet().run(loss).expect("a study");
    let table = results.to_string();
    assert!(table.contains("\n4 different settings were tried"), "{table}");
    assert_eq!((results.different(), table.lines().count()), (4, 40 + 3));
}

#[test]
fn mistakes_in_the_program_end_a_study_at_once() {
    for threads in [1, 3] {
        let count = AtomicUsize::new(0);
        let error = Study::new(space(), Tpe::new()).trials(50).threads(threads).quiet().run(|trial| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(trial.get::<f64>("learning rate")?)
        });
        assert!(matches!(error, Err(TuneError::Unknown { .. })), "{error:?}");
        assert!(count.into_inner() <= threads);
    }
}

#[test]
fn studies_that_cannot_begin_say_why() {
    let error = |study: Study| study.quiet().run(|_| Ok(0.0)).expect_err("it cannot begin").to_string();
    let random = || Study::new(space(), Random::new());
    assert_eq!(error(random().trials(0)), "the number of trials is 0, but it must be at least 1");
    assert_eq!(error(random().threads(0)), "the number of threads is 0, but it must be at least 1");
    assert!(error(Study::new(Space::new(), Random::new())).starts_with("the space has no parameters"));
    assert!(error(random().pruner(MedianPruner::new().start_up(0))).starts_with("the pruner's start-up is 0"));
    assert!(error(Study::new(space(), Tpe::new().gamma(2.0))).starts_with("gamma is 2"));
    assert!(error(Study::new(space(), Grid::new(0))).starts_with("the number of a grid's points is 0"));
    assert!(error(Study::new(space(), Grid::new(3).points("width", 2))).starts_with("there is no parameter `width`"));
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
    let large = names.iter().try_fold(Space::new(), |space, name| space.uniform(*name, 0.0, 1.0)).expect("a space");
    assert!(error(Study::new(large, Grid::new(100))).starts_with("the grid has more points"));
}

#[test]
#[should_panic(expected = "index out of bounds")]
fn a_panic_on_one_of_several_threads_is_passed_on() {
    let none: [f64; 0] = [];
    let study = Study::new(space(), Tpe::new()).trials(30).threads(3).quiet();
    _ = study.run(|trial| Ok(if trial.index() == 2 { none[trial.index()] } else { 0.0 }));
}

#[test]
fn pruned_trials_are_marked_and_what_they_return_does_not_matter() {
    let study =
        Study::new(space(), Random::new()).pruner(MedianPruner::new().start_up(2).warm_up(1)).trials(10).quiet();
    let results = study
        .run(|trial| {
            let loss = trial.index() as f64;
            for step in 1..=4 {
                if trial.report(step, loss).is_err() {
                    // As a trainer does, which a callback has stopped.
                    assert!(trial.is_pruned());
                    return if loss < 5.0 { Ok(-100.0) } else { Err("stopped".into()) };
                }
            }
            Ok(loss)
        })
        .expect("a study");
    // Trials 0 and 1 are complete; from then on each is above their median.
    assert_eq!(results.trials().iter().filter(|trial| trial.is_pruned()).count(), 8);
    assert!(results.trials()[2..].iter().all(|trial| trial.reports.len() == 2));
    assert_eq!(results.best().index, 0);
}

#[test]
fn variants_are_chosen_by_name() {
    let names = variants!([u8, "two bytes" => u16, [u32; 2]], |T| std::any::type_name::<T>);
    let space = Space::new().variants("type", &names).expect("a space");
    let seen = Mutex::new(Vec::new());
    let results = Study::new(space, Grid::new(1)).quiet().run(|trial| {
        seen.lock().expect("no panic").push(trial.variant("type", &names)?());
        Ok(-(trial.index() as f64))
    });
    assert_eq!(seen.into_inner().expect("no panic"), ["u8", "u16", "[u32; 2]"]);
    let results = results.expect("a study");
    assert_eq!(results.best_value("type"), Ok("[u32; 2]".into()));
    assert!(results.best_value("types").is_err());
}

#[test]
fn results_are_tables_and_pictures() {
    let study = Study::new(space(), Tpe::new()).pruner(MedianPruner::new()).trials(40).seed(7).quiet();
    let results = study.run(objective).expect("a study");
    let count = |which: fn(&Finished) -> bool| results.trials().iter().filter(|trial| which(trial)).count();
    let (pruned, failed) = (count(Finished::is_pruned), count(Finished::is_failed));
    assert!(pruned > 0 && failed > 0);

    let best = results.best_trial();
    assert_eq!(objective(&best).ok(), results.best().loss());
    assert_eq!(best.index(), results.best().index);

    let table = results.to_string();
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|row| row.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["trial", "state", "loss", "steps", "seconds", "rate", "depth", "batch"]);
    assert_eq!(rows[1][0], results.best().index.to_string());
    assert_eq!(rows[1..=40].iter().map(|row| row[0]).collect::<HashSet<_>>().len(), 40);
    let losses: Vec<f64> =
        rows[1..].iter().take_while(|row| row[1] == "complete").map(|r| r[2].parse().unwrap()).collect();
    assert!(losses.is_sorted() && losses.len() == 40 - pruned - failed);

    let mut csv = Vec::new();
    results.write_csv(&mut csv).expect("a vector takes all bytes");
    let csv = String::from_utf8(csv).expect("text");
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!((lines.len(), lines[0]), (41, "trial,state,loss,steps,seconds,rate,depth,batch,message"));
    for (line, trial) in lines[1..].iter().zip(results.trials()) {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells[2].parse::<f64>().ok(), trial.last_loss());
        assert_eq!(Value::Number(cells[5].parse().unwrap()), results.values(trial)[0]);
        assert_eq!(cells[8].is_empty(), !matches!(trial.outcome, Outcome::Failed { .. }));
    }

    let svg = results.to_svg();
    for text in [
        "trial",
        "loss",
        "rate",
        "depth",
        "batch",
        "best so far",
        "complete",
        "pruned, at its last report",
        "failed",
        "best",
    ] {
        assert!(svg.contains(&format!("\n{text}\n")), "`{text}` is missing");
    }
    // Each complete trial in four charts, a ring in each, and one of both in the legend.
    assert_eq!(svg.matches("<circle").count(), 4 * (40 - pruned - failed) + 4 + 2);
    let one = Study::new(space(), Random::new()).trials(1).quiet().run(|_| Ok(0.0)).expect("a study");
    assert!(one.to_svg().contains("1 trials"));
}

/// A network that is trained again for use begins with the same weights.
#[test]
fn the_best_trial_comes_back_with_its_seed() {
    let seeds = Mutex::new(Vec::new());
    let results = Study::new(space(), Random::new()).trials(9).seed(5).quiet().run(|trial| {
        seeds.lock().expect("no panic").push(trial.seed());
        objective(trial)
    });
    let (results, seeds) = (results.expect("a study"), seeds.into_inner().expect("no panic"));
    assert_eq!(results.best_trial().seed(), seeds[results.best().index]);
    assert_eq!(seeds.iter().collect::<HashSet<_>>().len(), 9);
}

#[test]
fn a_study_can_make_a_metric_large() {
    type Net = Dense<1, 2, Softmax>;
    let class = |label| Class::<2>::new(label).expect("two classes");
    let data = Dataset::new([[1.0_f32], [-1.0], [-2.0]], [class(0), class(1), class(1)]).expect("three rows");
    // With one of these rates all decisions become right, with the other they stay wrong.
    let space = Space::new().choice("rate", [1e-9, 1.0]).expect("a space");
    let reports = Mutex::new(Vec::new());
    let results = Study::new(space, Grid::new(1)).quiet().run(|trial| {
        let mut model = Net::zeroed();
        model.weight = [[-0.1, 0.1]];
        let mut trainer = Trainer::new(model, CrossEntropy, GradientDescent::new(trial.get("rate")?))
            .metric(MacroF1::new())
            .epochs(8)
            .callback(trial.watch_by("macro f1"))
            .quiet();
        let history = trainer.fit_validated(&data, &data)?;
        let found = Objective::from("macro f1").best_to_minimise(&history);
        reports.lock().expect("one thread").push(found);
        Ok(found)
    });
    let results = results.expect("a study");
    assert_eq!(reports.into_inner().expect("one thread"), [0.0, -1.0]);
    assert_eq!(results.best().loss(), Some(-1.0));
}
