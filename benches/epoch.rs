//! One epoch over 60,000 samples, shuffle and gather included.
//!
//! `raw products` are the same matrix products by bare calls of `matrixmultiply`, once for each step of the epoch.
#![allow(missing_docs, reason = "criterion's macros generate functions")]

mod common;

use common::{BATCHES, Mnist, RawProducts, images, labels};
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use typednet::data::{Augment, Augmented};
use typednet::prelude::*;

const SAMPLES: usize = 60_000;

fn epoch(c: &mut Criterion) {
    let data = Dataset::new(images(SAMPLES), labels(SAMPLES)).expect("as many labels as images");
    let mut group = c.benchmark_group("epoch");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(SAMPLES as u64));
    // A batch of one takes seconds for an epoch and is left to `train_step`.
    for batch in BATCHES.into_iter().filter(|batch| *batch > 1) {
        let mut trainer = Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(1e-3)).batch(batch).epochs(1).quiet();
        group.bench_function(BenchmarkId::new("typednet", batch), |b| {
            b.iter(|| trainer.fit(&data).expect("finite numbers"));
        });

        let mut raw = RawProducts::new(batch);
        group.bench_function(BenchmarkId::new("raw products", batch), |b| {
            b.iter(|| (0..SAMPLES.div_ceil(batch)).for_each(|_| raw.run()));
        });
    }
    group.finish();
}

/// What it costs to change every image anew: an epoch of 8,192 in batches of 64, plain and augmented, on one thread, with
/// the next batch gathered on another, and on two threads.
fn augmented(c: &mut Criterion) {
    const SAMPLES: usize = 8_192;
    let plain = Dataset::new(images(SAMPLES), labels(SAMPLES)).expect("as many labels as images");
    let changes = Augment::<28, 28, 1>::new().shift(0.08).rotate(12.0).scale(0.9, 1.1).shear(8.0);
    let augmented = Augmented::new(plain.clone(), changes).expect("784 pixels are 28 by 28");
    let mut group = c.benchmark_group("augmented epoch");
    group.sample_size(20).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(SAMPLES as u64));
    for (threads, ahead) in [(1, false), (1, true), (2, false), (2, true)] {
        let mut trainer =
            Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(1e-3)).epochs(1).threads(threads).quiet();
        if ahead {
            trainer = trainer.gather_ahead();
        }
        let way = format!("{threads} threads{}", if ahead { ", ahead" } else { "" });
        group.bench_function(BenchmarkId::new("plain", &way), |b| {
            b.iter(|| trainer.fit(&plain).expect("finite numbers"));
        });
        group.bench_function(BenchmarkId::new("augmented", &way), |b| {
            b.iter(|| trainer.fit(&augmented).expect("finite numbers"));
        });
    }
    group.finish();
}

criterion_group!(benches, epoch, augmented);
criterion_main!(benches);
