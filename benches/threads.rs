//! What a second thread gains: the time of an epoch's steps on one thread and on two, batch by batch, in turns.
//!
//! `cargo bench -p benches --bench threads` walks over images of 784 bytes with 784-128-64-10 and Adam, shuffling and gathering
//! included. For each batch one trainer has one thread and another two, and they take turns; the least time of each counts. At the end
//! both must have the same weights, bit for bit. Numbers behind `--` choose batches, `-- 1 32` for instance; `ROUNDS` says how many turns.

use std::error::Error;

use typednet::data::Dataset;
use typednet::prelude::*;
use typednet::tensor::{Pool, ThreadPool};

mod common;

use common::{Mnist, images, labels};

const BATCHES: [usize; 12] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096];

/// The samples of a turn: some 50 to 100 ms of one core.
const fn samples(batch: usize) -> usize {
    match batch {
        1..4 => 2_048,
        4..32 => 8_192,
        _ => 16_384,
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let named: Vec<usize> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let batches = if named.is_empty() { BATCHES.to_vec() } else { named };
    let turns = std::env::var("ROUNDS").ok().and_then(|word| word.parse().ok()).unwrap_or(15);

    println!(
        "| batch | one thread, µs a step | two threads | gain | a hand-over, ns |\n| ---: | ---: | ---: | ---: | ---: |"
    );
    for batch in batches {
        let count = samples(batch);
        let data = Dataset::new(images(count), labels(count))?;
        let mut trainers = [1, 2].map(|threads| {
            Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(1e-3))
                .batch(batch)
                .epochs(1)
                .threads(threads)
                .quiet()
        });
        let hand_over = ThreadPool::new(2)?.hand_over();
        let mut least = [f64::INFINITY; 2];
        for _ in 0..=turns {
            for (trainer, least) in trainers.iter_mut().zip(&mut least) {
                // The epoch's own time: a run begins by hashing its data.
                let history = trainer.fit(&data)?;
                *least = history.records().iter().fold(*least, |least, epoch| least.min(epoch.seconds));
            }
        }
        let [one, two] = trainers.each_ref().map(|trainer| trainer.model().as_flat());
        assert!(
            one.iter().zip(two).all(|(a, b)| a.to_bits() == b.to_bits()),
            "two threads gave other bits at batch {batch}"
        );
        let [one, two] = least.map(|seconds| seconds * 1e6 / count.div_ceil(batch) as f64);
        println!("| {batch} | {one:.1} | {two:.1} | {:.2} | {hand_over} |", one / two);
    }
    Ok(())
}
