//! A study on several processes: its trials and its file are those of one, whoever is killed.

use std::path::PathBuf;
use std::process::{Child, Command, Output};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use typednet::prelude::*;
use typednet::tune::{Finished, MedianPruner, Random, Results, Space, Study, Tpe, Trial, TrialResult, TuneError};
use typednet_distributed::Meeting;
use typednet_train::{Interrupt, RanksError};

use crate::star::around;
use crate::team::{Folder, Mlp, PATIENCE, digits, free_port, process, trainer};

const TRIALS: usize = 40;

fn study() -> Study {
    let space = Space::new()
        .log_uniform("rate", 1e-4, 1.0)
        .and_then(|space| space.integer("depth", 1, 4))
        .and_then(|space| space.choice("kind", ["a", "b"]))
        .expect("a space");
    let pruner = MedianPruner::new().warm_up(1);
    Study::new(space, Tpe::new()).pruner(pruner).trials(TRIALS).concurrent(8).seed(3).quiet()
}

/// A loss with reports on the way to it, one of them not finite; some trials fail, some are pruned.
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

/// Trials without what a clock says.
fn facts(results: &Results) -> Vec<String> {
    results.trials().iter().map(|trial| format!("{:?}", Finished { seconds: 0.0, ..trial.clone() })).collect()
}

/// The lines of a study's file without the seconds and the checksum, in the order of the trials.
fn lines(path: &PathBuf) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).expect("a file");
    let mut lines: Vec<(usize, String)> = text
        .lines()
        .map(|line| {
            let rest = line.split_once("\"trial\":").map_or("", |(_, rest)| rest);
            let digits = rest.split(',').next().unwrap_or_default();
            let cut = line.split("\"seconds\"").next().unwrap_or_default().to_owned();
            // The first line says which study it is.
            (digits.parse().map_or(0, |trial: usize| trial + 1), cut)
        })
        .collect();
    lines.sort();
    // What stands before the content is a checksum.
    lines.into_iter().map(|(trial, line)| (trial, line[line.find("content").unwrap_or(0)..].to_owned())).collect()
}

/// The trials and the lines of the file of a study that nothing happens to.
fn alone() -> (Vec<String>, Vec<(usize, String)>) {
    let folder = Folder::new("study-alone");
    fs::create_dir_all(&folder.0).expect("a folder");
    let file = folder.0.join("study.jsonl");
    let facts = facts(&study().file(&file).run(objective).expect("a study"));
    (facts, lines(&file))
}

#[test]
fn a_study_is_one_on_any_number_of_ranks() {
    let (trials, in_file) = alone();
    assert!(["Complete", "Pruned", "Failed"].iter().all(|word| trials.iter().any(|trial| trial.contains(word))));
    assert_eq!(in_file.len(), TRIALS + 1);
    let folder = Folder::new("study-ranks");
    fs::create_dir_all(&folder.0).expect("a folder");
    for (size, threads) in [(1, 1), (2, 1), (3, 2), (4, 1), (8, 1)] {
        let file = folder.0.join(format!("{size}.jsonl"));
        // In two parts, the first of which another number of ranks could have made.
        for trials_until in [15, TRIALS] {
            let all = around(size, PATIENCE, |rank, star| {
                let results = study().trials(trials_until).threads(threads).file(&file).run_on(star, |trial| {
                    thread::sleep(Duration::from_micros(((trial.index() * 7919 + rank * 31) % 13) as u64 * 300));
                    objective(trial)
                });
                results.expect("a study")
            });
            for (rank, results) in all.iter().enumerate() {
                assert!(facts(results) == trials[..trials_until], "rank {rank} of {size}");
                assert!(results.lost().is_empty(), "{:?}", results.lost());
            }
        }
        assert!(lines(&file) == in_file, "the file of {size} ranks");
    }
}

/// How many of the trials each rank has tried.
#[test]
fn all_ranks_have_a_part_in_it() {
    let space = Space::new().uniform("x", 0.0, 1.0).expect("a space");
    // Nothing has to be known, so nothing has to be said of how many are concurrent.
    let study = Study::new(space, Random::new()).trials(60).quiet();
    let tried = around(3, PATIENCE, |_, star| {
        let count = std::sync::atomic::AtomicUsize::new(0);
        let results = study.run_on(star, |_| {
            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            thread::sleep(Duration::from_millis(10));
            Ok(1.0)
        });
        assert_eq!(results.expect("a study").trials().len(), 60);
        count.into_inner()
    });
    assert!(tried.iter().sum::<usize>() == 60 && tried.iter().all(|count| *count >= 10), "{tried:?}");
}

#[test]
fn a_rank_with_another_study_is_named_on_all() {
    let says = |change: &(dyn Fn(Study) -> Study + Sync)| {
        let all = around(3, PATIENCE, |rank, star| {
            let study = if rank == 2 { change(study()) } else { study() };
            study.run_on(star, objective).expect_err("they cannot search together").to_string()
        });
        assert!(
            all[1].starts_with("rank 0 has ended the study: rank 2 has another study") && all[1] == all[2],
            "{all:?}"
        );
        all[0].clone()
    };
    assert_eq!(
        says(&|study| study.seed(4)),
        "rank 2 has another study than rank 0: the seed is 3 on rank 0 and 4 on rank 2; start the same program with the same \
         settings on all of them"
    );
    let said = says(&|study| study.trials(41));
    assert!(said.contains("the number of trials is 40 on rank 0 and 41 on rank 2"), "{said}");
    let said = says(&|study| study.concurrent(9));
    assert!(said.contains("how many are concurrent is 8 on rank 0 and 9 on rank 2"), "{said}");
    let all = around(3, PATIENCE, |_, star| study().concurrent(2).run_on(star, objective).expect_err("too many"));
    assert!(all.iter().all(|error| *error == TuneError::TooManyRanks { ranks: 3, concurrent: 2 }), "{all:?}");
}

/// What ends a study on one rank ends it on all, and the trials under way too.
#[test]
fn an_error_of_one_rank_is_an_error_on_all() {
    let folder = Folder::new("study-error");
    fs::create_dir_all(&folder.0).expect("a folder");
    for culprit in 0..3 {
        let file = folder.0.join(format!("{culprit}.jsonl"));
        let all = around(3, PATIENCE, |rank, star| {
            let began = Instant::now();
            let results = study().file(&file).run_on(star, |trial| {
                if rank == culprit {
                    thread::sleep(Duration::from_millis(200));
                    trial.get::<f64>("rates")?;
                }
                // It would take a minute, but that nobody wants it any more.
                (0..6000).try_for_each(|step| {
                    thread::sleep(Duration::from_millis(10));
                    trial.report(step, 1.0)
                })?;
                Ok(1.0)
            });
            (results.expect_err("a wrong name").to_string(), began.elapsed())
        });
        let own = "there is no parameter `rates`; the space has `rate`, `depth`, `kind`";
        for (rank, (said, _)) in all.iter().enumerate() {
            let passed =
                format!("rank {culprit} has ended the study: {own}; the study goes on from its file, where it has one");
            assert!(*said == if rank == culprit { own.to_owned() } else { passed }, "rank {rank}: {said}");
        }
        assert!(all.iter().all(|(_, took)| *took < Duration::from_secs(20)), "{all:?}");
        assert_eq!(lines(&file).len(), 1, "a trial that was cut short counts as not begun");
    }
}

/// A request to end on one rank, and a panic of one, end the study on all with what is known of them.
#[test]
fn a_request_or_a_panic_of_one_rank_ends_all() {
    let (data, _) = digits();
    for culprit in 0..3 {
        let all = around(3, PATIENCE, |rank, star| {
            let result = study().run_on(star, |trial| {
                let interrupt = Interrupt::new();
                if rank == culprit {
                    interrupt.ask();
                }
                trainer::<Mlp>().stop_on(interrupt).fit(&data)?;
                objective(trial)
            });
            result.expect_err("it was asked to end")
        });
        assert!(all.iter().all(|error| matches!(error, TuneError::Interrupted { .. }) && *error == all[0]), "{all:?}");

        let all = around(3, PATIENCE, |rank, star| {
            let run = || {
                study().run_on(star, |trial| {
                    assert!(rank != culprit, "a mistake");
                    thread::sleep(Duration::from_millis(20));
                    objective(trial)
                })
            };
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
            result.ok().map(|result| result.expect_err("one has panicked").to_string())
        });
        for (rank, said) in all.iter().enumerate() {
            assert_eq!(said.is_none(), rank == culprit);
            let has_ended = format!("rank {culprit} has panicked in a trial; the study goes on from its file");
            assert!(said.as_ref().is_none_or(|said| said.starts_with(&has_ended)), "{said:?}");
        }
    }
}

const FILE: &str = "TYPEDNET_TEST_STUDY";
/// From this trial on a rank ends at once when it tries one, as one does that the system kills for its memory.
const DIES: &str = "TYPEDNET_TEST_DIES";

/// No test by itself: a rank of the next ones.
#[test]
#[ignore = "a process of the next tests"]
fn a_rank() -> Result<(), TuneError> {
    let file = env::var(FILE).expect("the next test says which");
    let star = Meeting::from_env()?.patience(Duration::from_secs(3)).star()?;
    let dies = env::var(DIES).ok().and_then(|from| from.parse().ok()).unwrap_or(usize::MAX);
    let results = study().file(file).run_on(star, |trial| {
        if trial.index() >= dies {
            std::process::abort();
        }
        thread::sleep(Duration::from_millis(20 + (trial.index() * 7919 % 13) as u64 * 5));
        objective(trial)
    })?;
    eprintln!("{}", results.lost().join("\n"));
    Ok(())
}

/// The ranks, of which `dies` says from which trial on they end.
fn start(size: usize, file: &PathBuf, dies: impl Fn(usize) -> String) -> Vec<Child> {
    let port = free_port();
    let start = |rank: usize| {
        let mut command = process("study::a_rank", (rank, size), port);
        command.env(FILE, file).env(DIES, dies(rank)).spawn().expect("a process")
    };
    (0..size).map(start).collect()
}

fn ends(ranks: Vec<Child>) -> Vec<(bool, String)> {
    let end = |rank: Child| {
        let Output { status, stderr, .. } = rank.wait_with_output().expect("it ends");
        (status.success(), String::from_utf8_lossy(&stderr).into_owned())
    };
    ranks.into_iter().map(end).collect()
}

/// Waits until a study's file has as many trials.
fn wait_for(file: &PathBuf, trials: usize) {
    let until = Instant::now() + PATIENCE;
    while fs::read_to_string(file).map_or(0, |text| text.lines().count()) <= trials {
        assert!(Instant::now() < until, "it takes too long");
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_trial_of_a_rank_that_dies_is_tried_by_another() {
    let (_, in_file) = alone();
    let folder = Folder::new("study-dies");
    fs::create_dir_all(&folder.0).expect("a folder");
    let file = folder.0.join("study.jsonl");
    let ends = ends(start(4, &file, |rank| if rank % 3 == 0 { String::new() } else { (5 + 7 * rank).to_string() }));
    let (is_good, said) = &ends[0];
    assert!(*is_good, "{said}");
    for (rank, (is_good, _)) in ends.iter().enumerate() {
        let lost = format!("rank {rank} has closed its connection: it has ended or was killed (");
        assert!(*is_good == (rank % 3 == 0) && *is_good != said.contains(&lost), "rank {rank}: {said}");
    }
    assert!(said.matches("; trial ").count() == 2 && said.matches(" is tried again").count() == 2, "{said}");
    assert!(ends[3].1.contains(said.lines().find(|line| line.contains("tried again")).expect("it")), "{ends:?}");
    assert!(lines(&file) == in_file);
}

/// Whoever is killed or hangs, whenever: the study ends with the same file, in one go or in two where it was rank 0.
#[test]
fn a_rank_that_is_killed_or_hangs_changes_no_trial() {
    let (_, in_file) = alone();
    let folder = Folder::new("study-killed");
    fs::create_dir_all(&folder.0).expect("a folder");
    let times = env::var("TYPEDNET_KILLS").ok().and_then(|times| times.parse().ok()).unwrap_or(4_u64).min(50);
    for time in 0..times {
        let file = folder.0.join(format!("{time}.jsonl"));
        let killed = (time as usize + 3) % 4;
        let mut ranks = start(4, &file, |_| String::new());
        wait_for(&file, Key::new(9).bits(2 * time) as usize % 25);
        thread::sleep(Duration::from_millis(Key::new(9).bits(2 * time + 1) % 60));
        let hangs = killed == 1;
        if hangs {
            let stopped = Command::new("kill").args(["-STOP", &ranks[killed].id().to_string()]).status();
            assert!(stopped.expect("a command").success());
            // It is ended when it has been silent for long enough.
            thread::sleep(Duration::from_secs(5));
        }
        ranks[killed].kill().expect("a process");
        let began = Instant::now();
        let ends = ends(ranks);
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
        if killed == 0 {
            for (_, said) in &ends[1..] {
                assert!(said.contains("rank 0 has closed its connection: it has ended or was killed ("), "{said}");
                assert!(said.contains("; the study goes on from its file, where it has one"), "{said}");
            }
            let ends = self::ends(start(2, &file, |_| String::new()));
            assert!(ends.iter().all(|(is_good, _)| *is_good), "{ends:?}");
        } else {
            for (rank, (is_good, said)) in ends.iter().enumerate().filter(|(rank, _)| *rank != killed) {
                assert!(*is_good, "rank {rank} when {killed} was killed: {said}");
                let how =
                    if hangs { "has not answered for 3s: it hangs" } else { "has closed its connection: it has ended" };
                assert!(said.contains(&format!("rank {killed} {how}")), "rank {rank}: {said}");
            }
        }
        assert!(lines(&file) == in_file, "when rank {killed} was killed");
    }
}

/// Of a rank that the study does not hear of any more, in the type.
#[test]
fn an_end_of_rank_0_is_an_error_with_its_number() {
    let all = around(2, PATIENCE, |rank, star| {
        if rank == 0 {
            drop(star);
            return None;
        }
        study().run_on(star, objective).err()
    });
    let lost = all[1].as_ref().expect("rank 0 is gone");
    assert!(matches!(lost, TuneError::Ranks { error: RanksError::Lost { rank: 0, .. } }), "{lost}");
}
