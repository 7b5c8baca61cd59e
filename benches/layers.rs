//! What layers without products of their own cost: a step of 784-128-64-10 at batch 64 without them, and with each of
//! them behind both hidden layers, or with noise on the input; and what random numbers cost alone, for 4,096 elements.
#![allow(missing_docs, reason = "criterion's macros generate functions")]

mod common;

use common::{Mnist, images, labels, scaled};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use typednet::prelude::*;
use typednet::tensor::{Key, Parallel, noise};

network! { struct Dropped: 784 => Dense<128, Relu> => Dropout<0.5> => Dense<64, Relu> => Dropout<0.5> => Dense<10, Softmax> }
network! { struct Noisy: 784 => Noise<0.1> => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> }
network! { struct Batch: 784 => Dense<128, Relu> => BatchNorm => Dense<64, Relu> => BatchNorm => Dense<10, Softmax> }
network! { struct Rows: 784 => Dense<128, Relu> => LayerNorm => Dense<64, Relu> => LayerNorm => Dense<10, Softmax> }

const BATCH: usize = 64;

fn layers(c: &mut Criterion) {
    let mut group = c.benchmark_group("layers");
    let (x, targets) = (scaled(&images(BATCH)), labels(BATCH));
    macro_rules! step {
        ($name:literal, $network:ty) => {
            let mut trainer = Trainer::new(<$network>::seeded(0), CrossEntropy, Adam::new(1e-3)).batch(BATCH);
            group.bench_function($name, |b| b.iter(|| trainer.step(&x, &targets).expect("finite numbers")));
        };
    }
    step!("none", Mnist);
    step!("Dropout", Dropped);
    step!("Noise", Noisy);
    step!("BatchNorm", Batch);
    step!("LayerNorm", Rows);
    group.finish();
}

fn random(c: &mut Criterion) {
    let mut group = c.benchmark_group("random");
    let mut values = [0.5_f32; 4096];
    group.throughput(Throughput::Elements(values.len() as u64));
    group.bench_function("add_normal", |b| {
        b.iter(|| noise::add_normal(Key::new(1), 1e-9, &mut values, Parallel::SERIAL));
    });
    let mut sums = [0.0; 4096];
    group.bench_function("plus_normal", |b| {
        b.iter(|| noise::plus_normal(Key::new(1), 0.1, &values, &mut sums, Parallel::SERIAL));
    });
    group.bench_function("mask", |b| b.iter(|| noise::mask(Key::new(1), 1 << 31, 1.0, &mut sums, Parallel::SERIAL)));
    group.finish();
}

criterion_group!(benches, layers, random);
criterion_main!(benches);
