//! Processes that are killed while they train.

use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use typednet::prelude::*;
use typednet_distributed::Meeting;
use typednet_train::{Checkpoints, TrainError};

use crate::team::{Folder, Made, Mlp, StopAfter, digits, free_port, process, trainer};

/// A step that no training comes to.
const NEVER: u64 = u64::MAX;

/// How long a rank waits for one that is silent, or has not come.
const PATIENCE: Duration = Duration::from_secs(20);

const FOLDER: &str = "TYPEDNET_TEST_FOLDER";

/// Set where the ranks are to have nothing but TCP.
const TCP_ONLY: &str = "TYPEDNET_TEST_TCP_ONLY";

/// No test by itself: a rank of the next one.
#[test]
#[ignore = "a process of the next test"]
fn a_rank() -> Result<(), TrainError> {
    let folder = env::var(FOLDER).expect("the next test says which");
    let meeting = Meeting::from_env()?.patience(PATIENCE);
    let meeting = if env::var_os(TCP_ONLY).is_some() { meeting.tcp_only() } else { meeting };
    let ranks = meeting.connect()?;
    let mut trainer = trainer::<Mlp>().epochs(100_000).ranks(ranks).callback(StopAfter(NEVER));
    trainer = trainer.checkpoints(Checkpoints::new(folder).every_steps(3).every_epochs(0).last(3).resume());
    trainer.fit(&digits().0).map(drop)
}

fn start(rank: usize, size: usize, port: u16, folder: &Folder, tcp_only: bool) -> Child {
    let mut command = process("deaths::a_rank", (rank, size), port);
    if tcp_only {
        command.env(TCP_ONLY, "1");
    }
    command.env(FOLDER, &folder.0).spawn().expect("a process")
}

/// How often it is tried: `TYPEDNET_KILLS` says, with at most 50.
fn times() -> u64 {
    env::var("TYPEDNET_KILLS").ok().and_then(|times| times.parse().ok()).unwrap_or(4).min(50)
}

/// Whoever is killed, whenever: the others end soon, each with its number and the newest checkpoint; all files are whole, and the
/// training goes on from them, with the bits that it has when nobody dies.
#[test]
fn a_rank_that_is_killed_ends_all_and_loses_no_file() {
    let (data, size) = (digits().0, 4);
    let folder = Folder::new("deaths");
    let mut whole = 0;
    for time in 0..times() {
        let port = free_port();
        let newest = || Checkpoints::newest(&folder.0).ok().flatten();
        let before = newest();
        let mut ranks: Vec<Child> = (0..size).map(|rank| start(rank, size, port, &folder, time % 2 == 0)).collect();
        let (killed, wait) = (Key::new(8).bits(2 * time) as usize % size, Key::new(8).bits(2 * time + 1) % 1000);
        // Also before they have met.
        let until = Instant::now() + Duration::from_mins(1);
        while time % 4 != 3 && newest() == before && Instant::now() < until {
            thread::sleep(Duration::from_millis(5));
        }
        thread::sleep(Duration::from_millis(wait));
        ranks[killed].kill().expect("a process");
        let (began, mut met) = (Instant::now(), true);
        for (rank, child) in ranks.into_iter().enumerate() {
            let out = child.wait_with_output().expect("it ends");
            assert!(!out.status.success(), "rank {rank}");
            if rank == killed {
                continue;
            }
            let said = String::from_utf8_lossy(&out.stderr);
            if said.contains(&format!("rank {killed} has closed its connection: it has ended or was killed")) {
                whole += u64::from(said.contains("; the training goes on from `") && said.contains(".safetensors`"));
            } else {
                // It was killed before they had met.
                met = false;
                assert!(time % 4 == 3 && said.contains("rank "), "rank {rank} when {killed} was killed: {said}");
            }
        }
        // Who has met it knows at once; who has not waits for it.
        let most = Duration::from_secs(10) + if met { Duration::ZERO } else { PATIENCE };
        assert!(began.elapsed() < most, "they ended after {:?}", began.elapsed());
    }
    assert!(whole > 0, "no survivor has named a checkpoint");
    let runs = Checkpoints::runs(&folder.0).expect("a folder");
    let files = runs.iter().flat_map(|run| fs::read_dir(run.folder()).expect("a folder"));
    let files = files.map(|entry| entry.expect("an entry").path());
    let files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "safetensors")).collect();
    let resumed = |file: &Path, to: u64| {
        let mut resumed = trainer::<Mlp>().epochs(100_000).callback(StopAfter(to));
        resumed.resume(file).expect("a whole file");
        resumed
    };
    let to = files.iter().map(|file| resumed(file, 1).steps()).max().expect("a checkpoint") + 4;
    let mut alone = trainer::<Mlp>().epochs(100_000).callback(StopAfter(to));
    alone.fit(&data).expect("training");
    for file in &files {
        let mut resumed = resumed(file, to);
        resumed.fit(&data).expect("training");
        assert!(Made::by(&resumed) == Made::by(&alone), "on from {}", file.display());
    }
}
