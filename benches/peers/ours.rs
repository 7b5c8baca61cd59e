//! typednet's side of `compare.py`: the time of an epoch and of an inference, as one JSON object.
//!
//! By itself: `cargo run --release --example peers_ours -- --threads 1 --batch 64`

use std::hint::black_box;
use std::time::{Duration, Instant};

use clap::Parser;
use typednet::data::Dataset;
use typednet::prelude::*;

network! {
    /// The network of the lectures, with 109,386 parameters.
    pub struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10
}

/// What is measured.
#[derive(Parser)]
struct Options {
    /// Threads of the trainer.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Samples per step.
    #[arg(long, default_value_t = 64)]
    batch: usize,
    /// Samples per epoch.
    #[arg(long, default_value_t = 60_000)]
    samples: usize,
    /// Epochs of which the best counts.
    #[arg(long, default_value_t = 2)]
    epochs: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Options { threads, batch, samples, epochs } = Options::parse();
    let key = Key::new(1);
    let images = (0..samples as u64)
        .map(|row| std::array::from_fn::<u8, 784, _>(|i| key.bits(row * 784 + i as u64) as u8))
        .collect::<Vec<_>>();
    let labels =
        (0..samples as u64).map(|row| Class::new(key.below(row, 10) as usize)).collect::<Result<Vec<_>, _>>()?;
    let data = Dataset::new(images, labels)?;

    let mut trainer = Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(1e-3)).batch(batch).epochs(epochs).quiet();
    if threads != 1 {
        return Err("the trainer runs on one thread".into());
    }
    let history = trainer.fit(&data)?;
    let epoch = history.records().iter().map(|record| record.seconds).fold(f64::INFINITY, f64::min);

    let model = trainer.model();
    let x: [f32; 784] = std::array::from_fn(|i| key.uniform(i as u64));
    let mut times: Vec<Duration> = (0..20_000)
        .map(|_| {
            let start = Instant::now();
            black_box(model.predict(black_box(&x)));
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let inference = times[times.len() / 2].as_secs_f64() * 1e6;

    let lane = typednet::tensor::simd::lane().name();
    println!(
        "{{\"version\": \"{}\", \"lane\": \"{lane}\", \"epoch\": {epoch}, \"inference\": {inference}}}",
        env!("CARGO_PKG_VERSION")
    );
    Ok(())
}
