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

/// Whether numbers below the smallest normal one slow a step down: weights of 1e-40 that stay there, beside usual ones.
fn denormal(c: &mut Criterion) {
    let mut group = c.benchmark_group("denormal weights");
    for batch in BATCHES {
        let (x, targets) = (scaled(&images(batch)), labels(batch));
        for (name, size) in [("usual", None), ("1e-40", Some(1e-40))] {
            let mut model = Mnist::seeded(0);
            if let Some(size) = size {
                model.as_flat_mut().iter_mut().for_each(|weight| *weight = weight.signum() * size);
            }
            let mut trainer = Trainer::new(model, CrossEntropy, GradientDescent::new(0.0)).batch(batch);
            group.bench_function(BenchmarkId::new(name, batch), |b| {
                b.iter(|| trainer.step(&x, &targets).expect("finite numbers"));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, train_step, denormal);
criterion_main!(benches);
