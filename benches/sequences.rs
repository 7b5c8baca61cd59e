//! Networks of sequences: a training step that reads pictures row by row with an LSTM and with a GRU, one of a model of characters,
//! and one picture through the LSTM, whole and step by step.
//!
//! `benches/peers/compare.py --work sequences` times the same work in turns with `PyTorch`. All run on one thread but those that
//! say two.
#![allow(missing_docs, reason = "criterion's macros generate functions")]

mod common;
#[path = "common/sequence_networks.rs"]
mod sequence_networks;

use std::hint::black_box;

use common::{images, labels, lines, scaled};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sequence_networks::{ByGru, ByLstm, Characters, LINES, Line, PICTURES, Picture};
use typednet::layers::{Stream, Streaming};
use typednet::loss::PerStep;
use typednet::prelude::*;
use typednet::tensor::{flat, rows};

fn pictures(count: usize) -> Vec<Picture> {
    rows(flat(&scaled(&images(count)))).to_vec()
}

fn steps<M>(c: &mut Criterion, name: &str)
where
    M: Layer<In = Picture, Out = [f32; 10], Elem = f32, Head = Softmax>,
{
    let (x, targets) = (pictures(PICTURES), labels(PICTURES));
    let mut group = c.benchmark_group("step of sequences");
    group.throughput(Throughput::Elements(PICTURES as u64));
    for threads in [1, 2] {
        let mut trainer = Trainer::new(M::seeded(0), CrossEntropy, Adam::new(1e-3)).batch(PICTURES).threads(threads);
        group.bench_function(BenchmarkId::new(name, format!("threads {threads}")), |b| {
            b.iter(|| trainer.step(&x, &targets).expect("finite numbers"));
        });
    }
    group.finish();
}

fn characters(c: &mut Criterion) {
    let x: Vec<Line> = lines(LINES, 1).collect();
    let targets: Vec<[Class<65>; 64]> = lines(LINES, 2).map(|line| line.map(Class::from)).collect();
    let mut group = c.benchmark_group("step of sequences");
    group.throughput(Throughput::Elements(LINES as u64));
    for threads in [1, 2] {
        let trainer = Trainer::new(Characters::seeded(0), PerStep(CrossEntropy), Adam::new(1e-3));
        let mut trainer = trainer.batch(LINES).threads(threads);
        group.bench_function(BenchmarkId::new("characters", format!("threads {threads}")), |b| {
            b.iter(|| trainer.step(&x, &targets).expect("finite numbers"));
        });
    }
    group.finish();
}

fn one_sequence(c: &mut Criterion) {
    let model = ByLstm::seeded(0);
    let one = pictures(1)[0];
    let mut group = c.benchmark_group("one sequence");
    group.bench_function("whole", |b| b.iter(|| model.lstm.predict(black_box(&one))));
    group.bench_function("step by step", |b| {
        b.iter(|| {
            let mut stream = Stream::new();
            black_box(&one).map(|x| model.lstm.step(&mut stream, &x))
        });
    });
    group.finish();
}

fn all(c: &mut Criterion) {
    steps::<ByLstm>(c, "LSTM");
    steps::<ByGru>(c, "GRU");
    characters(c);
    one_sequence(c);
}

criterion_group!(benches, all);
criterion_main!(benches);
