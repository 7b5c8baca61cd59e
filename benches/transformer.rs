//! A small GPT, 4 blocks of 4 heads and 128 numbers over 64 characters: a training step of 12 lines, one line, and one character of
//! a stream.
//!
//! `benches/peers/transformer_pytorch.py` times the same work in `PyTorch`; run both in turns. All run on one thread but those that
//! say two.
#![allow(missing_docs, reason = "criterion's macros generate functions")]

mod common;
#[path = "common/sequence_networks.rs"]
mod sequence_networks;

use std::hint::black_box;

use common::lines;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sequence_networks::{GPT_LINES, Gpt, Line};
use typednet::layers::{Attention, Causal, Stream, Streaming, Trace, Workspace, pass};
use typednet::loss::PerStep;
use typednet::prelude::*;
use typednet::tensor::{Buffer, flat_mut};

fn steps(c: &mut Criterion) {
    let x: Vec<Line> = lines(GPT_LINES, 1).collect();
    let targets: Vec<[Class<65>; 64]> = lines(GPT_LINES, 2).map(|line| line.map(Class::from)).collect();
    let mut group = c.benchmark_group("step of a transformer");
    group.throughput(Throughput::Elements(GPT_LINES as u64));
    for threads in [1, 2] {
        let trainer = Trainer::new(Gpt::seeded(0), PerStep(CrossEntropy), AdamW::new(1e-3));
        let mut trainer = trainer.batch(GPT_LINES).threads(threads);
        group.bench_function(BenchmarkId::from_parameter(format!("threads {threads}")), |b| {
            b.iter(|| trainer.step(&x, &targets).expect("finite numbers"));
        });
    }
    group.finish();
}

fn inference(c: &mut Criterion) {
    let model = Gpt::seeded(0);
    let mut group = c.benchmark_group("transformer");
    let x: Vec<Line> = lines(1, 1).collect();
    let (mut y, mut memory) = (vec![[[0.0; 65]; 64]], Buffer::<f32>::new());
    let memory = memory.grow(Gpt::INFER.of(1));
    group.bench_function("one line", |b| {
        b.iter(|| model.infer(black_box(&x), &mut y, memory, PassContext::new(Key::new(0))));
    });
    let mut stream = Box::new(Stream::<Gpt>::new());
    group.bench_function("one character of a stream", |b| {
        b.iter(|| {
            if stream.taken() == 64 {
                stream.restart();
            }
            let at = stream.taken();
            model.step(&mut stream, black_box(&x[0][at]))
        });
    });
    group.finish();
}

fn drawn<S: Sample<Elem = f32>>(count: usize, seed: u64) -> Vec<S> {
    let mut samples = vec![S::zeros(); count];
    for (i, x) in flat_mut(&mut samples).iter_mut().enumerate() {
        *x = Key::new(seed).normal(i as u64);
    }
    samples
}

/// Both passes of one attention by itself, and its part without the dense layers around it.
fn attention(c: &mut Criterion) {
    type Layer4 = Attention<64, 128, 4, 32, Causal>;
    let (model, mut grad) = (Layer4::seeded(0), Layer4::zeroed());
    let x = drawn::<<Layer4 as Layer>::In>(GPT_LINES, 1);
    let (mut y, mut dx) = (x.clone(), x.clone());
    let mut memory = Buffer::<f32>::new();
    let mut space = Workspace::new(memory.grow(pass::training_need::<Layer4>().of(GPT_LINES)), GPT_LINES);
    let (saved, scratch) = (space.take(Layer4::SAVED), space.rest());
    let run = PassContext::new(Key::new(0));
    let mut group = c.benchmark_group("attention");
    group.bench_function("forward", |b| b.iter(|| model.forward(black_box(&x), &mut y, saved, scratch, run)));
    let mut dy = y.clone();
    group.bench_function("backward", |b| {
        b.iter(|| {
            let trace = Trace { x: &x, y: &y, saved: &mut *saved };
            model.backward(trace, &mut dy, Some(&mut dx), &mut grad, scratch, run);
        });
    });
    group.finish();
}

fn all(c: &mut Criterion) {
    steps(c);
    inference(c);
    attention(c);
}

criterion_group!(benches, all);
criterion_main!(benches);
