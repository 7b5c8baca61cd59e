//! Every reader over its corpus, over what today's writers write, and over mutations of both.
//!
//! `TYPEDNET_FUZZ_SECONDS` says how long each target is given, beside the corpus: half a second unless set. `TYPEDNET_FUZZ_TARGET`
//! names the only one that is run.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use typednet_fuzz::mutate::Mutations;
use typednet_fuzz::{TARGETS, Target};

/// The committed files of all targets.
fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// What is in a folder, in the order of the names.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

/// The committed corpus of `target` and what is written today.
fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let paths = entries(&corpus().join(target.name));
    assert!(!paths.is_empty(), "the corpus of {} has no file", target.name);
    let files = paths.into_iter().map(|path| fs::read(path).expect("a file of the corpus"));
    files.chain((target.seeds)()).collect()
}

fn run(target: &Target, bytes: &[u8]) {
    let result = catch_unwind(AssertUnwindSafe(|| (target.run)(bytes)));
    assert!(result.is_ok(), "target {}: {:?} ({})", target.name, bytes, String::from_utf8_lossy(bytes));
}

#[test]
fn no_bytes_make_a_reader_panic() {
    let seconds: f64 = env::var("TYPEDNET_FUZZ_SECONDS").ok().map_or(0.5, |text| text.parse().expect("seconds"));
    let only = env::var("TYPEDNET_FUZZ_TARGET").ok();
    let named = Mutex::new(TARGETS.iter().filter(|target| only.as_ref().is_none_or(|only| only == target.name)));
    // Each processor takes one after the other.
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let next = || named.lock().expect("nothing panics while it is locked").next();
                while let Some(target) = next() {
                    fuzz(target, seconds);
                }
            });
        }
    });
}

/// Runs a target over its seeds, and over mutations of them for so many seconds.
fn fuzz(target: &Target, seconds: f64) {
    let seeds = seeds(target);
    for seed in &seeds {
        run(target, seed);
    }
    let (start, mut count) = (Instant::now(), 0);
    // The number makes a longer run another row, so that runs of one length repeat each other.
    for bytes in Mutations::new(&seeds, seconds.to_bits()) {
        run(target, &bytes);
        count += 1;
        if start.elapsed() > Duration::from_secs_f64(seconds) {
            break;
        }
    }
    println!("{:10} {count} runs from {} seeds", target.name, seeds.len());
}

#[test]
fn every_folder_of_the_corpus_is_a_targets() {
    let mut names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    names.sort_unstable();
    let folders = entries(&corpus());
    let found: Vec<_> = folders.iter().filter_map(|folder| folder.file_name()?.to_str()).collect();
    assert_eq!(found, names, "the other way round too: each target has a folder, and its name stands once");
}

#[test]
fn mutations_reach_what_a_seed_does_not_show() {
    let seeds = [b"a,b\n1,2\n3,4\n".to_vec()];
    let found: Vec<_> = Mutations::new(&seeds, 0).take(2000).collect();
    assert!(found.contains(&Vec::new()) || found.iter().any(|bytes| bytes.len() < 4), "ends are cut off");
    assert!(found.iter().any(|bytes| bytes.len() > seeds[0].len() + 10), "bytes are put in");
    assert!(found.iter().filter(|bytes| **bytes == seeds[0]).count() < 400, "most are changed");
    assert_eq!(found, Mutations::new(&seeds, 0).take(2000).collect::<Vec<_>>(), "the same row again");
}
