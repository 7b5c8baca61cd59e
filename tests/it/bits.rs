//! The same seed gives the same bits: within a lane always, and in the portable lane the committed ones.
//!
//! A process chooses its lane once, so each run is a process of its own: this file starts itself again.

use std::process::Command;

use typednet::data::mnist;
use typednet::loss::CrossEntropy;
use typednet::optim::Adam;
use typednet::prelude::*;
use typednet::tensor::simd::Lane;

network! {
    struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10
}

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/goldens/bits.txt");

/// FNV-1a over the weights' bytes.
fn hash(weights: &[f32]) -> u64 {
    weights
        .iter()
        .flat_map(|weight| weight.to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// 100 steps of 64 samples.
#[test]
#[ignore = "started by the other tests, each time in a process of its own"]
fn hundred_steps() {
    let digits = mnist::embedded().expect("the embedded digits").train.take(6_400).expect("6,400 digits");
    let mut trainer = Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(1e-3)).batch(64).epochs(1).seed(0).quiet();
    trainer.fit(&digits).expect("training");
    println!("\nhash {:016x}", hash(trainer.model().as_flat()));
}

/// The hash of the weights after 100 steps in a new process.
fn hash_in(lane: Lane) -> String {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "bits::hundred_steps", "--ignored", "--nocapture", "--test-threads=1"])
        .env("TYPEDNET_LANE", lane.name())
        .output()
        .expect("this program can start itself");
    let text = String::from_utf8_lossy(&output.stdout);
    let hash = text.lines().find_map(|line| line.strip_prefix("hash "));
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    hash.unwrap_or_else(|| panic!("no hash in:\n{text}")).to_owned()
}

#[test]
fn two_runs_give_the_same_bits_in_every_lane() {
    for lane in Lane::ALL.into_iter().filter(|lane| lane.available()) {
        let hash = hash_in(lane);
        println!("{}: {hash}", lane.name());
        assert_eq!(hash_in(lane), hash, "the lane {} gave other bits in the second run", lane.name());
    }
}

#[test]
#[ignore = "started by the test below, each time in a process of its own"]
fn says_its_backend() {
    println!("\nbackend {:?}", typednet::tensor::matmul::backend());
}

#[test]
fn the_environment_says_who_computes_products() {
    let with = |value: Option<&str>| {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", "bits::says_its_backend", "--ignored", "--nocapture"]).env_remove("TYPEDNET_MATMUL");
        let output = command.envs(value.map(|value| ("TYPEDNET_MATMUL", value))).output().expect("it starts itself");
        let text = [output.stdout, output.stderr].map(|part| String::from_utf8_lossy(&part).into_owned());
        (output.status.success(), text.concat())
    };
    for (value, backend) in [(None, "Auto"), (Some("auto"), "Auto"), (Some("matrixmultiply"), "Matrixmultiply")] {
        let (success, text) = with(value);
        assert!(success && text.lines().any(|line| line == format!("backend {backend}")), "{value:?}: {text}");
    }
    let (success, text) = with(Some("blas"));
    assert!(!success && text.contains("use matrixmultiply or auto"), "{text}");
}

/// With `UPDATE_GOLDENS=1` the golden is written instead.
#[test]
fn the_portable_lane_gives_the_committed_bits() {
    let hash = hash_in(Lane::Portable);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(GOLDEN, format!("{hash}\n")).expect("the golden can be written");
        return;
    }
    let golden = std::fs::read_to_string(GOLDEN).expect("the golden; UPDATE_GOLDENS=1 makes it");
    assert_eq!(hash, golden.trim(), "a change of these bits must be meant: UPDATE_GOLDENS=1 takes them over");
}
