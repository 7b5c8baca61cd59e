//! Whole networks of images: a training step of `LeNet` and of `ResNet-8` on 28×28 pixels, and inference with `LeNet`.
//!
//! `benches/peers/compare.py --work images` times the same work in what could be used instead, in turns. All run on one thread but
//! those that say two.
#![allow(missing_docs, reason = "criterion's macros generate functions")]

mod common;
#[path = "common/image_networks.rs"]
mod image_networks;

use std::hint::black_box;

use common::{images, labels, scaled};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use image_networks::{LeNet, ResNet8};
use typednet::prelude::*;
use typednet::tensor::{flat, rows};

const BATCH: usize = 64;

type Grey = [[[f32; 1]; 28]; 28];

fn pixels(count: usize) -> Vec<Grey> {
    rows(flat(&scaled(&images(count)))).to_vec()
}

fn steps<M>(c: &mut Criterion, name: &str)
where
    M: Layer<In = Grey, Out = [f32; 10], Elem = f32, Head = Softmax>,
{
    let (x, targets) = (pixels(BATCH), labels(BATCH));
    let mut group = c.benchmark_group("step of images");
    group.throughput(Throughput::Elements(BATCH as u64));
    for threads in [1, 2] {
        let mut trainer = Trainer::new(M::seeded(0), CrossEntropy, Adam::new(1e-3)).batch(BATCH).threads(threads);
        group.bench_function(BenchmarkId::new(name, format!("threads {threads}")), |b| {
            b.iter(|| trainer.step(&x, &targets).expect("finite numbers"));
        });
    }
    group.finish();
}

fn inference(c: &mut Criterion) {
    let model = LeNet::seeded(0);
    let mut group = c.benchmark_group("LeNet");
    let one = pixels(1)[0];
    group.bench_function("one image", |b| b.iter(|| model.predict(black_box(&one))));
    let many = pixels(256);
    let trainer = Trainer::new(LeNet::seeded(0), CrossEntropy, Adam::new(1e-3));
    group.throughput(Throughput::Elements(256));
    let mut memory = typednet::tensor::Buffer::<f32>::new();
    let need = typednet::layers::pass::inference_need::<LeNet>().of(256);
    group.bench_function("256 images", |b| {
        b.iter(|| {
            let run = PassContext::new(Key::new(0));
            typednet::layers::pass::infer(trainer.model(), black_box(&many), memory.grow(need), run)[0]
        });
    });
    group.finish();
}

fn all(c: &mut Criterion) {
    steps::<LeNet>(c, "LeNet");
    steps::<ResNet8>(c, "ResNet-8");
    inference(c);
}

criterion_group!(benches, all);
criterion_main!(benches);
