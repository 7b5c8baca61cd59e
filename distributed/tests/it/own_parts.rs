//! Data in parts over processes, each of which runs in a folder of its own with the pictures of its own shards and of no others.

use std::error::Error;
use std::path::Path;
use std::process::Child;
use std::{env, fs};

use typednet::data::idx::Idx;
use typednet::data::{DataError, OnDisk, Parts};
use typednet::prelude::*;
use typednet_distributed::Meeting;
use typednet_train::{Callback, CallbackResult, Checkpoints, Control, RunView};

use crate::parts::{LENGTHS, VALIDATION, idx, in_parts};
use crate::team::{Folder, Images, Made, Mlp, Of, PATIENCE, StopAfter, digits, free_port, process, trainer};

/// The step after which a rank stops.
const STEP: &str = "TYPEDNET_TEST_STEP";

/// Where a rank writes what it has made, its checkpoints, and after which step it began.
const MADE: &str = "made";
const RUNS: &str = "runs";
const BEGAN: &str = "began";

/// Writes after which step a training begins.
struct Began;

impl<M: Layer> Callback<M> for Began {
    fn run(&mut self, view: &RunView<'_>) -> CallbackResult {
        fs::write(BEGAN, view.step.to_string())?;
        Ok(Control::Continue)
    }
}

fn until(step: u64) -> Of<Mlp> {
    trainer().callback(StopAfter(step))
}

/// The files of a part, by names that are the same in every folder: its pictures and its labels.
fn names(purpose: &str, part: usize) -> (String, String) {
    (format!("{purpose}-images-{part}"), format!("{purpose}-labels-{part}"))
}

/// All parts, as a process finds them in its folder.
fn open(purpose: &str) -> Result<OnDisk<[u8; 784], Class<10>>, DataError> {
    OnDisk::idx_parts(Idx::new(), (0..LENGTHS.len()).map(|part| names(purpose, part)))
}

/// No test by itself: a rank of the next one, which reads what is in its folder and not the digits in the program.
#[test]
#[ignore = "a process of the next test"]
fn a_rank() -> Result<(), Box<dyn Error>> {
    let step = env::var(STEP)?.parse()?;
    let ranks = Meeting::from_env()?.patience(PATIENCE).connect()?;
    let kept = Checkpoints::new(RUNS).every_steps(9).resume();
    let mut trainer = until(step).callback(Began).ranks(ranks).checkpoints(kept);
    trainer.fit_validated(&open("train")?, &open("test")?)?;
    fs::write(MADE, format!("{:?}", Made::by(&trainer)))?;
    Ok(())
}

/// Makes the folder of a rank: all labels, and the pictures of its own shards.
fn fill(folder: &Path, (rank, size): (usize, usize)) {
    fs::create_dir_all(folder).expect("a folder");
    let (train, test) = digits();
    let write = |purpose: &str, data: &Images, lengths: [usize; 8]| {
        let parts = Parts::of(lengths).expect("parts");
        let own = rank * lengths.len() / size..(rank + 1) * lengths.len() / size;
        for part in 0..lengths.len() {
            let ([pictures, labels], names) = (idx(data, parts.rows(part)), names(purpose, part));
            fs::write(folder.join(names.1), labels).expect("room");
            if own.contains(&part) {
                fs::write(folder.join(names.0), pictures).expect("room");
            }
        }
    };
    write("train", &train, LENGTHS);
    write("test", &test, VALIDATION);
}

/// In one go and from a checkpoint of another number of processes, of which the first alone has the file.
#[test]
fn processes_with_their_own_parts_only_have_the_weights_of_one_that_has_all() {
    let (train, test) = digits();
    let alone = |step: u64| {
        let mut trainer = until(step);
        trainer.fit_validated(&in_parts(&train, &LENGTHS), &in_parts(&test, &VALIDATION)).expect("training");
        assert_eq!(trainer.steps(), step);
        format!("{:?}", Made::by(&trainer))
    };
    let (before, after) = (alone(28), alone(50));
    for (first, then) in [(2, 4), (8, 1)] {
        let all = Folder::new(&format!("own-parts-{first}-{then}"));
        let folder = |size: usize, rank: usize| all.0.join(format!("rank-{rank}-of-{size}"));
        for (size, step, alone) in [(first, 28, &before), (then, 50, &after)] {
            (0..size).for_each(|rank| fill(&folder(size, rank), (rank, size)));
            if size == then {
                fs::rename(folder(first, 0).join(RUNS), folder(then, 0).join(RUNS)).expect("rank 0 has written it");
            }
            let port = free_port();
            let start = |rank: usize| -> Child {
                let mut command = process("own_parts::a_rank", (rank, size), port);
                command.env(STEP, step.to_string()).current_dir(folder(size, rank)).spawn().expect("a process")
            };
            let ranks: Vec<Child> = (0..size).map(start).collect();
            for (rank, child) in ranks.into_iter().enumerate() {
                let out = child.wait_with_output().expect("it ends");
                let said = String::from_utf8_lossy(&out.stderr);
                assert!(out.status.success(), "rank {rank} of {size}: {said}");
                let made = fs::read_to_string(folder(size, rank).join(MADE)).expect("what it has made");
                assert!(made == *alone, "rank {rank} of {size} after {step} steps");
            }
            let began = fs::read_to_string(folder(size, 0).join(BEGAN)).expect("rank 0 says it");
            assert_eq!(began, if size == then { "27" } else { "0" }, "{first} processes, and then {then}");
        }
    }
}
