//! One training step of the 109,386-parameter network: forward, loss, backward, Adam.
//!
//! `raw products` are the same eight matrix products by bare calls of `matrixmultiply`; the throughput is that of these
//! products in both, so the figures compare with the processor's peak.
#![allow(missing_docs, reason = "criterion's macros generate functions")]

mod common;

use common::{BATCHES, Mnist, RawProducts, images, labels, scaled, step_flops};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use typednet::prelude::*;

fn train_step(c: &mut Criterion) {
    let mut group = c.benchmark_group("train_step");
    for batch in BATCHES {
        group.throughput(Throughput::Elements(step_flops(batch)));
        let (x, targets) = (scaled(&images(batch)), labels(batch));

        let mut trainer = Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(1e-3)).batch(batch);
        group.bench_function(BenchmarkId::new("typednet", batch), |b| {
            b.iter(|| trainer.step(&x, &targets).expect("finite numbers"));
        });

        let mut raw = RawProducts::new(batch);
        group.bench_function(BenchmarkId::new("raw products", batch), |b| b.iter(|| raw.run()));
    }
    group.finish();
}

criterion_group!(benches, train_step);
criterion_main!(benches);
