//! Inference of the 109,386-parameter network, for one sample and for batches.
//!
//! `raw products` are the same three matrix products by bare calls of `matrixmultiply`.
#![allow(missing_docs, reason = "criterion's macros generate functions")]

mod common;

use std::hint::black_box;

use common::{BATCHES, Mnist, RawProducts, images, scaled};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use typednet::layers::{Run, pass};
use typednet::prelude::*;
use typednet::tensor::Buffer;

fn infer(c: &mut Criterion) {
    let model = Mnist::seeded(0);
    let mut group = c.benchmark_group("infer");

    let x = scaled(&images(1));
    group.bench_function("predict one sample", |b| b.iter(|| model.predict(black_box(&x[0]))));

    for batch in BATCHES {
        group.throughput(Throughput::Elements(batch as u64));
        let x = scaled(&images(batch));
        let mut memory = Buffer::new();
        let memory = memory.grow(pass::inference_need::<Mnist>().of(batch));
        group.bench_function(BenchmarkId::new("typednet", batch), |b| {
            b.iter(|| {
                pass::infer(&*model, black_box(&x), memory, Run::new(Key::new(0)));
            });
        });

        let mut raw = RawProducts::new(batch);
        group.bench_function(BenchmarkId::new("raw products", batch), |b| b.iter(|| raw.forward()));
    }
    group.finish();
}

criterion_group!(benches, infer);
criterion_main!(benches);
