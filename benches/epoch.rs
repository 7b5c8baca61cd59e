//! One epoch over 60,000 samples, shuffle and gather included.
//!
//! `raw products` are the same matrix products by bare calls of `matrixmultiply`, once for each step of the epoch.
#![allow(missing_docs, reason = "criterion's macros generate functions")]

mod common;

use common::{BATCHES, Mnist, RawProducts, images, labels};
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
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

criterion_group!(benches, epoch);
criterion_main!(benches);
