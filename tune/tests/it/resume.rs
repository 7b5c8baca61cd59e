//! Studies that go on from a file.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use typednet_data::Dataset;
use typednet_formats::JsonFormat;
use typednet_layers::loss::SquaredError;
use typednet_layers::{Dense, Linear, Network};
use typednet_optim::GradientDescent;
use typednet_train::{Interrupt, Trainer};
use typednet_tune::{Finished, Grid, MedianPruner, Random, Results, Space, Study, Tpe, Trial, TrialResult, TuneError};

/// A file of this test alone.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("typednet-tune-{name}-{}.jsonl", std::process::id()));
        _ = fs::remove_file(&path);
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.0);
    }
}

fn space() -> Space {
    Space::new()
        .log_uniform("rate", 1e-4, 1.0)
        .and_then(|space| space.integer("depth", 1, 4))
        .and_then(|space| space.choice("kind", ["a", "b"]))
        .expect("a space")
}

fn objective(trial: &Trial) -> TrialResult {
    let (rate, depth): (f64, f64) = (trial.get("rate")?, trial.get("depth")?);
    if rate > 0.5 {
        return Err("said \"no\",\n\u{1F600} twice".into());
    }
    let loss = (rate.log10() + 2.0).powi(2) + (depth - 3.0).abs();
    for step in 1..=6 {
        trial.report(step, if step == 1 { f64::INFINITY } else { loss + 1.0 / step as f64 })?;
    }
    Ok(loss)
}

fn study(trials: usize) -> Study {
    Study::new(space(), Tpe::new()).pruner(MedianPruner::new().warm_up(1)).trials(trials).seed(3).quiet()
}

fn facts(results: &Results) -> Vec<String> {
    results.trials().iter().map(|trial| format!("{:?}", Finished { seconds: 0.0, ..trial.clone() })).collect()
}

#[test]
fn a_study_that_was_stopped_has_the_trials_of_one_that_was_not() {
    for threads in [1, 3] {
        let whole = facts(&study(40).threads(threads).run(objective).expect("a study"));
        assert!(["Complete", "Pruned", "Failed"].iter().all(|word| whole.iter().any(|trial| trial.contains(word))));
        let scratch = Scratch::new(&format!("stopped-{threads}"));
        for (part, trials) in [1, 12, 25, 40].into_iter().enumerate() {
            let count = AtomicUsize::new(0);
            let results = study(trials).threads(threads).file(&scratch.0).run(|trial| {
                count.fetch_add(1, Ordering::Relaxed);
                objective(trial)
            });
            assert_eq!(facts(&results.expect("a study")), whole[..trials], "part {part}, {threads} threads");
            assert_eq!(count.into_inner(), trials - [0, 1, 12, 25][part]);
        }
        // What is finished is not run again.
        let again = study(40).threads(threads).file(&scratch.0).run(|_| panic!("nothing is left to do"));
        assert_eq!(facts(&again.expect("a study")), whole);
        let fewer = study(10).threads(threads).file(&scratch.0).run(|_| panic!("nothing is left to do"));
        assert_eq!(facts(&fewer.expect("a study")), whole, "trials in the file stay");
    }
}

/// Whatever byte a program is ended at while it writes, the next one goes on.
#[test]
fn a_file_that_is_cut_off_anywhere_goes_on() {
    let scratch = Scratch::new("cut");
    let whole = facts(&study(4).file(&scratch.0).run(objective).expect("a study"));
    let bytes = fs::read(&scratch.0).expect("a file");
    let mut torn = 0;
    for length in 0..bytes.len() {
        fs::write(&scratch.0, &bytes[..length]).expect("room");
        let results = study(4).file(&scratch.0).run(objective).expect("a study");
        assert_eq!(facts(&results), whole, "{length} bytes");
        let whole_lines = length == 0 || bytes[length - 1] == b'\n' || bytes[length] == b'\n';
        assert_eq!(results.was_torn(), !whole_lines, "{length} bytes");
        assert_eq!(results.to_string().contains("was cut off"), !whole_lines);
        torn += usize::from(results.was_torn());
        // The file is whole again.
        let again = study(4).file(&scratch.0).run(|_| panic!("nothing is left to do")).expect("a study");
        assert!(!again.was_torn() && facts(&again) == whole);
    }
    assert!(torn > bytes.len() / 2);
}

#[test]
fn trials_missing_in_the_middle_are_run() {
    let scratch = Scratch::new("middle");
    let whole = facts(&study(30).threads(3).file(&scratch.0).run(objective).expect("a study"));
    let text = fs::read_to_string(&scratch.0).expect("a file");
    let some: Vec<&str> = text.lines().enumerate().filter(|(line, _)| line % 5 != 4).map(|line| line.1).collect();
    fs::write(&scratch.0, some.join("\n") + "\n").expect("room");
    assert_eq!(facts(&study(30).threads(3).file(&scratch.0).run(objective).expect("a study")), whole);
}

/// Two threads wait for trial 10, which has to know trial 0; only one of them may have it, and trial 11 is there.
#[test]
fn a_trial_in_the_file_is_not_run_again_by_a_thread_that_has_waited() {
    let scratch = Scratch::new("waited");
    let whole = facts(&study(12).threads(3).file(&scratch.0).run(objective).expect("a study"));
    let text = fs::read_to_string(&scratch.0).expect("a file");
    let is_missing = |line: &&str| line.contains("\"trial\":0,") || line.contains("\"trial\":10,");
    let some: Vec<&str> = text.lines().filter(|line| !is_missing(line)).collect();
    assert_eq!(some.len(), 11);
    fs::write(&scratch.0, some.join("\n") + "\n").expect("room");
    let count = AtomicUsize::new(0);
    let results = study(12).threads(3).file(&scratch.0).run(|trial| {
        count.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(std::time::Duration::from_millis(100));
        objective(trial)
    });
    assert_eq!((facts(&results.expect("a study")), count.into_inner()), (whole, 2));
}

#[test]
fn files_of_other_studies_are_refused_and_left_alone() {
    let scratch = Scratch::new("other");
    study(6).file(&scratch.0).run(objective).expect("a study");
    let before = fs::read(&scratch.0).expect("a file");
    let base = || Space::new().log_uniform("rate", 1e-4, 1.0);
    let other = |space: Result<Space, TuneError>| {
        Study::new(space.expect("a space"), Tpe::new()).pruner(MedianPruner::new().warm_up(1)).seed(3)
    };
    let two = || base().and_then(|space| space.integer("depth", 1, 4));
    let cases = [
        (other(Space::new().log_uniform("rate", 1e-3, 1.0)), "parameter 1", "logarithmic from 0.001 to 1 here"),
        (other(Space::new().uniform("rate", 1e-4, 1.0)), "parameter 1", "`rate`, uniform from 0.0001 to 1 here"),
        (
            other(base().and_then(|space| space.integer("width", 1, 4))),
            "parameter 2",
            "`depth`, an integer from 1 to 4",
        ),
        (other(two()), "parameter 3", "none here and `kind`, a choice of `a`, `b` in the file"),
        (other(two().and_then(|space| space.choice("kind", ["b", "a"]))), "parameter 3", "choice of `b`, `a` here"),
        (study(6).seed(4), "the seed", "4 here and 3 in the file"),
        (study(6).pruner(MedianPruner::new()), "the pruner", "warm_up: 0"),
        (Study::new(space(), Random::new()).seed(3), "the sampler", "Random here and Tpe"),
        (Study::new(space(), Grid::new(2)).seed(3), "the sampler", "Grid"),
        (Study::new(space(), Tpe::new()).seed(3), "the pruner", "none here"),
        (study(6).threads(2), "how many are concurrent", "2 here and 1 in the file"),
        (study(6).concurrent(4), "how many are concurrent", "4 here and 1 in the file"),
    ];
    for (study, what, phrase) in cases {
        let error = study.quiet().file(&scratch.0).run(|_| panic!("nothing may run")).expect_err("another study");
        assert!(matches!(&error, TuneError::OtherStudy { what: found, .. } if found == what), "{error}");
        assert!(error.to_string().contains(phrase), "{error}");
        assert_eq!(fs::read(&scratch.0).expect("a file"), before);
    }
}

/// Where trials need nothing of each other, it is no matter how many are tried at a time; nor is it known of files that do not say it.
#[test]
fn how_many_are_concurrent_is_compared_where_it_matters_and_is_known() {
    let scratch = Scratch::new("concurrent");
    let random = |threads: usize| Study::new(space(), Random::new()).trials(6).threads(threads).quiet();
    let whole = facts(&random(1).file(&scratch.0).run(objective).expect("a study"));
    assert_eq!(facts(&random(3).file(&scratch.0).run(|_| panic!("nothing is left")).expect("a study")), whole);

    let scratch = Scratch::new("concurrent-unsaid");
    let whole = facts(&study(6).file(&scratch.0).run(objective).expect("a study"));
    let text = fs::read_to_string(&scratch.0).expect("a file");
    let (first, trials) = text.split_once('\n').expect("lines");
    let without = first.replace("\"concurrent\":1,", "");
    assert!(without.len() < first.len(), "{first}");
    fs::write(&scratch.0, sealed("study", &without) + "\n" + trials).expect("room");
    assert_eq!(
        facts(&study(6).threads(2).file(&scratch.0).run(|_| panic!("nothing is left")).expect("a study")),
        whole
    );
}

/// A line that was changed on purpose, with the checksum of its present content.
fn sealed(kind: &'static str, line: &str) -> String {
    let mut line: serde_json::Value = serde_json::from_str(line).expect("JSON");
    JsonFormat::new(kind, 2).to_line(&line["content"].take()).expect("JSON")
}

/// A number in a file is what it was, or the line is named.
#[test]
fn a_flipped_bit_anywhere_is_noticed() {
    let scratch = Scratch::new("flipped");
    let whole = facts(&study(3).file(&scratch.0).run(objective).expect("a study"));
    let bytes = fs::read(&scratch.0).expect("a file");
    for at in 0..bytes.len() {
        let bit = at % 7;
        let mut changed = bytes.clone();
        changed[at] ^= 1 << bit;
        fs::write(&scratch.0, &changed).expect("room");
        let line = bytes[..at].split(|byte| *byte == b'\n').count();
        match study(3).file(&scratch.0).run(objective) {
            // The last digit of a long number may be another one without being another number, and so may its `e`.
            Ok(found) => assert!(
                facts(&found) == whole && (matches!(bytes[at], b'0'..=b'9' | b'e') || at + 1 == bytes.len()),
                "byte {at}, bit {bit}"
            ),
            Err(TuneError::Damaged { line: found, .. } | TuneError::Malformed { line: found, .. }) => {
                assert_eq!(found, line, "byte {at}, bit {bit}");
                assert_eq!(fs::read(&scratch.0).expect("a file"), changed);
            }
            Err(other) => panic!("byte {at}, bit {bit}: {other}"),
        }
    }
}

/// What the error of a damaged line proposes.
#[test]
fn without_the_damaged_line_its_trial_is_run_again() {
    let scratch = Scratch::new("mended");
    let whole = facts(&study(6).file(&scratch.0).run(objective).expect("a study"));
    let text = fs::read_to_string(&scratch.0).expect("a file");
    let lines: Vec<&str> = text.lines().collect();
    fs::write(&scratch.0, text.replacen("\"depth\":", "\"depth\":1", 1)).expect("room");
    let error = study(6).file(&scratch.0).run(|_| panic!("nothing may run")).expect_err("a damaged file");
    let damaged = lines.iter().position(|line| line.contains("\"depth\":")).expect("a trial");
    assert!(matches!(error, TuneError::Damaged { line, .. } if line == damaged + 1), "{error}");
    assert!(error.to_string().contains("take the line out, and its trial is run again"), "{error}");
    let others: Vec<&str> = [&lines[..damaged], &lines[damaged + 1..]].concat();
    fs::write(&scratch.0, others.join("\n") + "\n").expect("room");
    assert_eq!(facts(&study(6).file(&scratch.0).run(objective).expect("a study")), whole);
}

#[test]
fn damaged_files_are_refused_and_left_alone() {
    let scratch = Scratch::new("damaged");
    study(6).file(&scratch.0).run(objective).expect("a study");
    let text = fs::read_to_string(&scratch.0).expect("a file");
    let lines: Vec<&str> = text.lines().collect();
    let with = |line: usize, new: String| {
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        lines[line] = new;
        lines.join("\n") + "\n"
    };
    let complete = lines.iter().position(|line| line.contains("complete")).expect("a complete trial");
    let replaced = |old: &str, new: &str| {
        assert!(lines[complete].contains(old), "{}", lines[complete]);
        with(complete, sealed("trial", &lines[complete].replacen(old, new, 1)))
    };
    let cases = [
        ("notes of mine".to_owned(), 1, "expected"),
        ("notes of mine\n".to_owned(), 1, "expected"),
        (with(0, "{}".into()), 1, "a study is expected, but it holds something that does not say what it is"),
        (with(0, lines[0].replacen("\"format\":2", "\"format\":1", 1)), 1, "its format is 1, but this version reads"),
        (with(0, sealed("study", &lines[0].replacen("seed", "seeds", 1))), 1, "unknown field `seeds`"),
        (with(1, lines[0].into()), 2, "a trial is expected, but it holds study"),
        (with(2, lines[2][..20].into()), 3, "EOF"),
        (with(2, String::new()), 3, "EOF"),
        (with(3, lines[2].into()), 4, "stands in line 3 too"),
        (replaced(",\"kind\":\"", ",\"kind\":\"z"), complete + 1, "is no value of `kind`"),
        (replaced(",\"kind\"", ",\"kinds\""), complete + 1, "parameter `kind` is missing"),
        (replaced(",\"kind\"", ",\"extra\":1,\"kind\""), complete + 1, "there is no parameter `extra`"),
        (replaced("\"depth\":", "\"depth\":9"), complete + 1, "is no value of `depth`"),
        (replaced("[[1,", "[[7,"), complete + 1, "do not rise"),
        (replaced("complete", "failed"), complete + 1, "a failed one a message"),
        (replaced("complete", "unknown"), complete + 1, "unknown variant"),
    ];
    for (text, number, phrase) in cases {
        fs::write(&scratch.0, &text).expect("room");
        let error = study(6).file(&scratch.0).run(|_| panic!("nothing may run")).expect_err("a damaged file");
        assert!(matches!(error, TuneError::Malformed { line, .. } if line == number), "{error}");
        assert!(error.to_string().contains(phrase), "{error}");
        assert_eq!(fs::read_to_string(&scratch.0).expect("a file"), text);
    }
    fs::write(&scratch.0, b"\xff\xfe\n").expect("room");
    assert!(matches!(study(6).file(&scratch.0).run(objective), Err(TuneError::Malformed { line: 1, .. })));
}

#[test]
fn a_file_serves_one_study_at_a_time() {
    let scratch = Scratch::new("lock");
    let results = study(1).file(&scratch.0).run(|_| {
        let error = study(1).file(&scratch.0).run(|_| Ok(0.0)).expect_err("the file is locked");
        assert!(matches!(error, TuneError::InUse { .. }), "{error}");
        Ok(1.0)
    });
    assert_eq!(results.expect("a study").best().loss(), Some(1.0));
    let nowhere = study(1).file("no such folder/study.jsonl").run(|_| Ok(0.0));
    assert!(matches!(nowhere, Err(TuneError::Io { path, .. }) if path == "no such folder/study.jsonl"));
}

#[test]
fn a_training_that_is_asked_to_end_ends_the_study_and_its_trial_comes_again() {
    let whole = facts(&study(12).run(objective).expect("a study"));
    let scratch = Scratch::new("asked");
    let ends_at_five = |trial: &Trial| -> TrialResult {
        if trial.index() == 5 {
            let interrupt = Interrupt::new();
            interrupt.ask();
            let model = Dense::<1, 1, Linear>::seeded(0);
            let mut trainer =
                Trainer::new(model, SquaredError::Mean, GradientDescent::new(0.1)).stop_on(interrupt).quiet();
            trainer.fit(&Dataset::new([[1.0_f32]], [[1.0_f32]])?)?;
        }
        objective(trial)
    };
    let error = study(12).file(&scratch.0).run(ends_at_five).expect_err("it was asked to end");
    assert!(matches!(error, TuneError::Interrupted { .. }), "{error}");
    assert!(
        error.to_string().starts_with("the training was ended by the program after step 0, in epoch 1;"),
        "{error}"
    );
    assert_eq!(facts(&study(12).file(&scratch.0).run(objective).expect("the rest")), whole);
}
