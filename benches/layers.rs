//! What layers without products of their own cost: a step of 784-128-64-10 at batch 64 without them, and with each of
//! them behind both hidden layers, or with noise on the input.
#![allow(missing_docs, reason = "criterion's macros generate functions")]

mod common;

use common::{Mnist, images, labels, scaled};
use criterion::{Criterion, criterion_group, criterion_main};
use typednet::prelude::*;

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

criterion_group!(benches, layers);
criterion_main!(benches);
