//! 400 MB of weights to a file and back, beside the plain speed of the disk: `cargo bench -p benches --bench files -- FOLDER`.
//!
//! Writing counts until the disk has it. Before reading, the system is asked to forget the file, which it does for root alone: else the
//! second column says how fast memory is. Peaks of memory are a test, `fuzz/tests/memory.rs`.
#![allow(missing_docs, reason = "a benchmark")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, io};

use typednet::layers::Chain;
use typednet::prelude::*;

type Net = Chain<Dense<10_000, 9_000, Relu>, Dense<9_000, 1_000>>;

type Way = (&'static str, &'static str, fn(&Model<Net>, &Path), fn(&Path));

const WAYS: [Way; 3] = [
    (
        "save, load",
        "a.safetensors",
        |net, path| net.save(path).expect("room"),
        |path| drop(Net::load(path).expect("it")),
    ),
    (
        "save_npz, load_npz",
        "a.npz",
        |net, path| net.save_npz(path).expect("room"),
        |path| {
            drop(Net::load_npz(path).expect("it"));
        },
    ),
    (
        "save_torch, load_torch",
        "b.safetensors",
        |net, path| net.save_torch(path).expect("room"),
        |path| {
            drop(Net::load_torch(path).expect("it"));
        },
    ),
];

fn main() {
    // Cargo's own arguments begin with two dashes.
    let folder = env::args_os().skip(1).find(|arg| !arg.to_string_lossy().starts_with("--"));
    let folder = folder.map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    let net = Net::seeded(1);
    let bytes = vec![7_u8; size_of::<Net>()];
    let megabytes = bytes.len() as f64 / 1e6;
    println!("{megabytes:.0} MB, MB/s, the best of three{:>28}{:>10}", "writing", "reading");
    let row = |name: &str, file: &str, write: &dyn Fn(&Path), read: &dyn Fn(&Path)| {
        let path = folder.join(file);
        let best = |work: &dyn Fn(&Path)| {
            let time = |_| {
                forget();
                let start = Instant::now();
                work(&path);
                start.elapsed().as_secs_f64()
            };
            (0..3).map(time).fold(f64::INFINITY, f64::min)
        };
        let (writing, reading) = (megabytes / best(write), megabytes / best(read));
        println!("{name:<40}{writing:>20.0}{reading:>10.0}");
        fs::remove_file(path).expect("it was written");
    };
    let plain = |path: &Path| plainly(path, &bytes).expect("room");
    row("bytes as they are", "plain.bin", &plain, &|path| {
        let mut to = vec![0; bytes.len()];
        File::open(path).and_then(|mut file| file.read_exact(&mut to)).expect("it");
        assert!(to[bytes.len() - 1] == 7);
    });
    for (name, file, write, read) in WAYS {
        row(name, file, &|path| write(&net, path), &|path| read(path));
    }
}

fn plainly(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Asks Linux to forget what it has read.
fn forget() {
    _ = fs::write("/proc/sys/vm/drop_caches", "1");
}
